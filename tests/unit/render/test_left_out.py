"""What a letter says of files that were left out of it, in each language, whatever the operator's templates do."""

from pathlib import Path

import pytest

from mailgateway.mail.outgoing.lighter import LeftOut
from mailgateway.render.check import findings
from mailgateway.render.notices import Renderer
from mailgateway.share import share

FILES = (LeftOut("plan <b>.pdf", 31_402_113), LeftOut("notes.txt", 512))


@pytest.mark.parametrize(
    ("language", "beginning", "size"),
    [
        ("en", "These files", "31.4 MB"),
        ("pl", "Te pliki", "31,4 MB"),
        ("de", "Diese Dateien", "31,4 MB"),
        ("de-AT", "Diese Dateien", "31,4 MB"),
        ("fr", "These files", "31.4 MB"),
    ],
)
def test_it_names_the_files_in_the_readers_language(language: str, beginning: str, size: str) -> None:
    """As plain text and as HTML, in which no name is obeyed; without any link."""
    said = Renderer(None, share("templates")).left_out(language, FILES, is_internal=False)
    assert said.text.startswith(beginning)
    assert f"- plan <b>.pdf ({size})\n- notes.txt (512 B)" in said.text
    assert "plan &lt;b&gt;.pdf" in said.html
    assert "href" not in said.html


def test_customers_and_agents_are_told_different_ways_to_get_them() -> None:
    """A customer asks the desk, an agent whoever keeps the files."""
    renderer = Renderer(None, share("templates"))
    outside, inside = (renderer.left_out("en", FILES, is_internal=wanted).text for wanted in (False, True))
    assert "just reply to this message" in outside
    assert "kept with the ticket" in inside


def test_what_fails_is_said_in_shipped_words_and_told_by_check(tmp_path: Path) -> None:
    """A letter is never lost by a template."""
    (tmp_path / "left_out.html").write_text("{{ no_such_name }}")
    said = Renderer(tmp_path, share("templates")).left_out("en", FILES, is_internal=False)
    assert "notes.txt" in said.html
    [finding, *_] = findings(tmp_path, share("templates"))
    assert "no_such_name" in finding.problem
