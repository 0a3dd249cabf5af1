"""`templates preview`: mails as they would be written."""

from tests.cli.shell import Shell


def test_a_sample_is_shown_in_any_language(shell: Shell) -> None:
    """Subject and text on the terminal, the HTML in a file; no ticket and no database is needed."""
    page = shell.folder / "out.html"
    ran = shell.run("templates", "preview", "acknowledgement", "--language", "de", "--html", str(page))
    assert ran.code == 0
    assert ran.out.startswith("Subject: Re: [#10234] Printer on the second floor does not print\n\n##- bitte")
    assert "Wir haben Ihre Nachricht erhalten" in page.read_text("utf-8")


def test_a_ticket_of_ones_own_is_written_about(shell: Shell) -> None:
    """Its number, its subject, its language, and the text that it began with."""
    shell.run("ingest", str(shell.mail("one", "The coffee machine", "It is leaking.")))
    number = str(shell.run("tickets", "list", "--json").only["number"])
    ran = shell.run("templates", "preview", "acknowledgement", "--ticket", number)
    assert ran.code == 0
    assert f"[#{number}] The coffee machine" in ran.out
    assert "> It is leaking." in ran.out


def test_what_is_not_there_is_told(shell: Shell) -> None:
    """A mistyped name gets the nearest; a ticket that is not there ends with 1."""
    ran = shell.run("templates", "preview", "acknowledgment")
    assert (ran.code, ran.err) == (2, "no mail is called 'acknowledgment'; did you mean acknowledgement?\n")
    shell.run("ingest", str(shell.mail("one")))
    ran = shell.run("templates", "preview", "reply", "--ticket", "77")
    assert (ran.code, ran.err) == (1, "there is no ticket 77\n")


def test_a_broken_template_is_told(shell: Shell) -> None:
    """Whoever looks at a mail learns that their own template was not taken, and leaves with 1."""
    (shell.folder / "own").mkdir()
    (shell.folder / "own" / "reply.txt").write_text("{{ nothing }}")
    shell.configuration.write_text(
        shell.configuration.read_text().replace("routing.yaml}", "routing.yaml, templates: own}")
    )
    ran = shell.run("templates", "preview", "reply")
    assert ran.code == 1
    assert 'there is no "nothing" here' in ran.err
    assert "Re: [#10234]" in ran.out


def test_check_names_a_language_without_words(shell: Shell) -> None:
    """A mailbox that is set to a language which nobody wrote for is worth a warning."""
    written = shell.configuration.read_text()
    shell.configuration.write_text(written.replace("group: first-line}", "group: first-line, language: sw}"))
    ran = shell.run("check")
    assert ran.code == 0
    assert "there are no words for the language sw" in ran.err


def test_a_preview_has_the_desks_brand(shell: Shell) -> None:
    """A browser shows it by itself: the logo is written out in the page."""
    logo = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (240).to_bytes(4) + (80).to_bytes(4)
    (shell.folder / "logo.png").write_bytes(logo)
    with (shell.folder / "gateway.yaml").open("a") as file:
        file.write("\nbranding: {name: Another Ltd, logo: logo.png, footer: 2 Mill Lane}\n")
    page = shell.folder / "out.html"
    ran = shell.run("templates", "preview", "reply", "--html", str(page))
    assert ran.code == 0
    assert "2 Mill Lane" in ran.out
    assert "1 Mill Lane" not in ran.out
    assert 'src="data:image/png;base64,' in page.read_text("utf-8")
