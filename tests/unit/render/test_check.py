"""Checking templates before they are used."""

from pathlib import Path

import pytest

from mailgateway.render.check import findings

SHIPPED = Path(__file__).parents[3] / "templates"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Give an operator's folder with one language in it."""
    (tmp_path / "en").mkdir()
    return tmp_path


def test_the_shipped_templates_are_sound() -> None:
    """Every notice can be written in every language that we ship."""
    assert findings(None, SHIPPED) == ()


def test_an_empty_folder_is_fine(own: Path) -> None:
    """An operator need not have templates."""
    assert findings(own, SHIPPED) == ()


@pytest.mark.parametrize(
    ("name", "source", "line", "problem"),
    [
        ("reply.txt", "Hello\n{{ article.txt }}", 2, 'there is no "txt" here; did you mean "text"?'),
        ("reply.html", "\n\n{% block x %}", 3, "endblock"),
        ("alarm.subject", "{{ titel }}", 1, 'there is no "titel" here; did you mean "title"?'),
        ("rejected.txt", "{{ ticket.number }}", 1, "number"),
        ("words.jinja", "{% macro marker() %}x", 1, "endmacro"),
    ],
)
def test_mistakes_are_found_with_their_place(own: Path, name: str, source: str, line: int, problem: str) -> None:
    """A finding names file, line and what is wrong."""
    file = own / "en" / name
    file.write_text(source, "utf-8")
    found = [finding for finding in findings(own, SHIPPED) if finding.file == str(file)]
    assert found
    assert found[0].line == line
    assert problem in found[0].problem


def test_a_misnamed_file_is_found(own: Path) -> None:
    """A template under a name that no notice has would never be used."""
    (own / "en" / "acknowledgment.txt").write_text("x", "utf-8")
    [finding] = findings(own, SHIPPED)
    assert finding.file == str(own / "en" / "acknowledgment.txt")
    assert finding.problem == "no notice has this name; did you mean acknowledgement.txt?"


def test_a_missing_file_is_found(own: Path) -> None:
    """A new language needs subject and text of a notice; notices that it leaves out are written in English."""
    (own / "de").mkdir()
    (own / "de" / "reply.txt").write_text("x", "utf-8")
    [finding] = findings(own, SHIPPED)
    assert finding.file == str(own / "de" / "reply.subject")


def test_a_missing_folder_is_found(tmp_path: Path) -> None:
    """A configured folder that is not there is no silent fall-back."""
    [finding] = findings(tmp_path / "nowhere", SHIPPED)
    assert finding.file == str(tmp_path / "nowhere")


def test_without_the_shipped_templates_every_notice_is_missing(tmp_path: Path) -> None:
    """An incomplete installation is told as such."""
    assert len(findings(None, tmp_path)) == 16
