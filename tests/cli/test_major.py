"""`tickets major`: what is down, said from the shell."""

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def problem(shell: Shell) -> int:
    """Give the number of a problem."""
    assert shell.run("ingest", str(shell.mail("one.eml"))).code == 0
    number: int = shell.run("tickets", "list", "--json").only["number"]
    assert shell.run("tickets", "set", str(number), "--problem", "new").code == 0
    return number


def test_what_is_down_is_shown_wherever_somebody_looks(shell: Shell, problem: int) -> None:
    """Declared, told in another language, and ended; lists, sheets and the status name it meanwhile."""
    declared = shell.run("tickets", "major", str(problem), "Mail is down.", "--for", "group", "--news", "2h")
    assert (declared.code, declared.err) == (0, "")
    assert shell.run("tickets", "major", str(problem), "Awaria.", "--language", "pl").code == 0
    sheet = shell.run("tickets", "show", str(problem), "--json").only["major"]
    assert (sheet["texts"], sheet["only_for"]) == ({"": "Mail is down.", "pl": "Awaria."}, "group")
    assert sheet["news_at"] is not None
    assert shell.run("tickets", "list", "--json").only["major"] is True
    assert "MAJOR" in shell.run("tickets", "list").out
    assert "Mail is down." in shell.run("tickets", "show", str(problem)).out
    assert f"#{problem} since" in shell.run("status").out
    (down,) = shell.run("status", "--json").only["major_incidents"]
    assert down["problem"] == problem
    assert shell.run("tickets", "major", str(problem), "--off").code == 0
    assert shell.run("status", "--json").only["major_incidents"] == []
    assert shell.run("tickets", "show", str(problem), "--json").only["major"] is None


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ((), 2, "say what is down"),
        (("Down", "--language", "xx"), 2, "there are de, en, pl"),
        (("Down", "--for", "rule none"), 2, "no rule has that name"),
        (("Down", "--news", "soon"), 2, "should be 30m"),
        (("--off",), 1, "no major incident"),
        (("--news", "2h"), 1, "say what is down first"),
    ],
)
def test_what_is_wrong_is_told(shell: Shell, problem: int, words: tuple[str, ...], code: int, why: str) -> None:
    """And nothing happens."""
    ran = shell.run("tickets", "major", str(problem), *words)
    assert ran.code == code
    assert why in ran.err
