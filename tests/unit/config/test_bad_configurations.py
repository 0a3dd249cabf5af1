"""Broken configurations fail for the right reason: tests/config_bad/NAME holds one, and what is said of it."""

import shutil
from pathlib import Path

import pytest

from mailgateway.config.load import load
from mailgateway.errors import ConfigError
from tests.unit.config.examples import write

_FOLDER = Path(__file__).parents[2] / "config_bad"
_CASES = sorted(folder for folder in _FOLDER.iterdir() if folder.is_dir())


@pytest.mark.parametrize("case", _CASES, ids=[case.name for case in _CASES])
def test_every_mistake_is_told_with_its_place_and_its_mend(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of the folder, laid over a configuration that is right, give exactly the lines expected."""
    monkeypatch.chdir(tmp_path)
    gateway = write(Path())
    shutil.copytree(case, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected"))
    if not any(case.glob("*.yaml")):
        gateway.unlink()
    with pytest.raises(ConfigError) as refused:
        load(gateway)
    assert str(refused.value).splitlines() == (case / "expected").read_text(encoding="utf-8").splitlines()


def test_no_message_speaks_of_the_library_or_of_secrets() -> None:
    """Nobody has to know pydantic, and no password is repeated."""
    told = "\n".join((case / "expected").read_text(encoding="utf-8") for case in _CASES)
    for word in ("pydantic", "type=", "Input should", "correct-horse", "NoneType", "model"):
        assert word not in told
