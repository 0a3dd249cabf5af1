"""The folders of templates and answers: what in them cannot be read is told, and stops no one who looks at them."""

from pathlib import Path

import pytest

from mailgateway.config.load import load
from mailgateway.config.watch import fingerprint
from mailgateway.errors import ConfigError
from tests.privileges import as_nobody, public_folder
from tests.unit.config.examples import GATEWAY, write

ANSWER = "---\ntitle: Toner\n---\nIt is in the cupboard.\n"


def configured(folder: Path) -> Path:
    """Write a configuration with words and an answer of one's own, and return its main file."""
    for name, text in (("mine/en/words.toml", 'marker = "x"\n'), ("answers/toner.md", ANSWER)):
        file = folder / name
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    main = write(folder, GATEWAY + "files: {templates: mine, knowledge: answers}\n")
    load(main)  # what Python imports for it lies where nobody may not read
    return main


@pytest.mark.parametrize(
    ("closed", "told"),
    [
        ("mine", ["the folder cannot be read: Permission denied"]),
        ("mine/en", ["the folder cannot be read: Permission denied"]),
        ("mine/en/words.toml", ["the file cannot be read: Permission denied"]),
        ("answers", ["the folder cannot be read: Permission denied"]),
        ("answers/toner.md", ["the file cannot be read: Permission denied"]),
    ],
)
def test_what_may_not_be_read_is_told(closed: str, told: list[str]) -> None:
    """It is no folder without words, nor without answers: the daemon goes on with what it has, `check` says why."""
    with public_folder() as folder:
        main = configured(folder)
        (folder / closed).chmod(0)
        with as_nobody(), pytest.raises(ConfigError) as refused:
            load(main)
        (folder / closed).chmod(0o700)
    assert [(one.file, one.problem) for one in refused.value.findings] == [(str(folder / closed), one) for one in told]


def test_a_folder_that_may_be_listed_alone_is_told() -> None:
    """A folder needs more than the right to read it, which `chmod -R 640` leaves."""
    with public_folder() as folder:
        main = configured(folder)
        (folder / "mine").chmod(0o644)
        with as_nobody(), pytest.raises(ConfigError, match=r"mine/en: the folder cannot be read: Permission denied"):
            load(main)


def test_changes_are_noticed_beside_what_may_not_be_read() -> None:
    """Looking for changes fails for nothing that is closed, and notices that it was opened."""
    with public_folder() as folder:
        settings = load(configured(folder))
        (folder / "mine").chmod(0o644)
        with as_nobody():
            before = fingerprint(settings)
        (folder / "mine").chmod(0o755)
        with as_nobody():
            assert fingerprint(settings) != before


def test_a_link_that_leads_nowhere_is_no_fault(tmp_path: Path) -> None:
    """Editors leave such links beside what they edit."""
    main = configured(tmp_path)
    before = fingerprint(load(main))
    (tmp_path / "mine" / "en" / ".#words.toml").symlink_to("anna@desk.1234")
    settings = load(main)
    assert settings.templates == tmp_path / "mine"
    assert fingerprint(settings) == before
