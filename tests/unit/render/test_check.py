"""Checking templates before they are used."""

from pathlib import Path

import pytest

from mailgateway.desk.agents.commands import COMMANDS
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.desk.plan import NoticeKind
from mailgateway.render.check import findings, untold
from mailgateway.render.wording import Words, read_words

SHIPPED = Path(__file__).parents[3] / "templates"
NOTICES = {kind.value for kind in NoticeKind}


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
        ("words.toml", 'marker = "x"\nadd = x', 2, "TOML"),
        ("words.toml", '[acknowledgement]\nthank = "x"', 0, 'no template has a word "acknowledgement.thank"'),
        ("words.toml", '[acknowledgement]\nadd = "{name}"', 0, 'the word "acknowledgement.add" names {name}'),
        ("reply.html", "<p><b>x</p>", 0, "</p> closes <b>, opened in line 1 of the page"),
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
    (own / "nl").mkdir()
    (own / "nl" / "reply.txt").write_text("x", "utf-8")
    [finding] = findings(own, SHIPPED)
    assert finding.file == str(own / "nl" / "reply.subject")


def test_mistakes_for_one_group_are_found(own: Path) -> None:
    """The folders of groups and mailboxes are looked through as well."""
    special = own / "groups" / "hardware" / "en"
    special.mkdir(parents=True)
    (special / "alarm.txt").write_text("{{ titel }}", "utf-8")
    [finding] = findings(own, SHIPPED)
    assert finding.file == str(special / "alarm.txt")


def test_every_shipped_language_has_every_word() -> None:
    """Nobody is written to half in their language and half in English."""
    english = read_words(SHIPPED / "en" / "words.toml")

    def names(words: Words) -> set[str]:
        tables = {key: value for key, value in words.items() if isinstance(value, dict) and key in NOTICES}
        inner = {f"{table}.{key}" for table, value in tables.items() for key in value}
        return {key for key in words if key not in tables} | inner

    for language in ("pl", "de"):
        assert names(read_words(SHIPPED / language / "words.toml")) == names(english)


@pytest.mark.parametrize("language", ["pl", "de"])
def test_every_shipped_language_names_all_that_the_desk_has(language: str) -> None:
    """Each status, priority, type and command has its words in every language."""
    words = read_words(SHIPPED / language / "words.toml")
    wanted = {
        "status": set(Status),
        "status_told": set(Status),
        "status_inside": set(Status),
        "priority": set(Priority),
        "type": set(TicketType),
        "commands": {usage.partition(" ")[0] for usage, _ in COMMANDS},
    }
    for table, values in wanted.items():
        assert set(words[table]) == values, table  # type: ignore[call-overload]  # a table of texts


def test_languages_without_words_are_told() -> None:
    """A configured language that nobody wrote words for would silently be English."""
    assert untold(None, SHIPPED, ["en", "pl-PL", "de"]) == ()
    [finding] = untold(None, SHIPPED, ["sw", "sw"])
    assert "no words for the language sw" in finding.problem


def test_a_missing_folder_is_found(tmp_path: Path) -> None:
    """A configured folder that is not there is no silent fall-back."""
    [finding] = findings(tmp_path / "nowhere", SHIPPED)
    assert finding.file == str(tmp_path / "nowhere")


def test_without_the_shipped_templates_every_notice_is_missing(tmp_path: Path) -> None:
    """An incomplete installation is told as such."""
    assert len(findings(None, tmp_path)) == 2 * len(NoticeKind)


def test_templates_that_rules_choose_are_checked(own: Path) -> None:
    """What lies in rules/NAME is written as everything else is."""
    (own / "rules" / "printers").mkdir(parents=True)
    (own / "rules" / "printers" / "acknowledgement.txt").write_text("{{ ticket.numbr }}", "utf-8")
    assert any('did you mean "number"' in finding.problem for finding in findings(own, SHIPPED))
