"""`retention`: what has outlived its time, from the shell; and in `status`."""

from tests.cli.shell import Shell


def test_what_would_go_is_shown_and_nothing_changed(shell: Shell) -> None:
    """Without clocks everything is kept; with them each is told, and status tells how far it is."""
    shell.run("db", "upgrade")
    shell.run("ingest", str(shell.mail("one.eml")))
    assert "kept for ever" in shell.run("retention").out
    assert shell.run("status", "--json").only["retention"] == []
    text = shell.configuration.read_text()
    shell.configuration.write_text(f"{text}retention: {{raw: 90d, texts: 5y}}\n")
    told = shell.run("retention", "--json").objects
    assert [(one["kind"], one["due"], one["removed"], one["last_done_at"]) for one in told] == [
        ("raw", 0, 0, None),
        ("texts", 0, 0, None),
    ]
    assert "raw" in shell.run("retention").out
    assert "texts of tickets closed before" in shell.run("status").out


def test_an_age_that_is_none_is_told(shell: Shell) -> None:
    """Days, weeks or years; hours are too short to be meant."""
    text = shell.configuration.read_text()
    for wrong in ("36h", "0d", "soon", "7"):
        shell.configuration.write_text(f"{text}retention: {{raw: {wrong}}}\n")
        ran = shell.run("check")
        assert (ran.code, "such as 90d or 2y" in ran.err) in ((1, True), (2, True)), ran
