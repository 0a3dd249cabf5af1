"""What README.md shows of the program is what the program says."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailgateway.cli import app
from tests.docs.pages import page

MAIL = b"""From: Carla Rossi <carla@customer.example>
To: support@example.com
Subject: Printer on floor 3 prints only stripes

It prints nothing but stripes.
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder to stand in, as in the tour, with the mail that it speaks of."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "printer.eml").write_bytes(MAIL)
    return tmp_path


@pytest.mark.usefixtures("desk")
def test_the_tour_shows_what_is_said() -> None:
    """`init`, `check` and `rules explain` say on the shipped example what the tour shows."""
    for words in (["init", "desk"], ["check"], ["rules", "explain", "printer.eml"]):
        said = CliRunner().invoke(
            app, ["-c", "desk/gateway.yaml", *words], env={"COLUMNS": "90"}, catch_exceptions=False
        )
        assert said.exit_code == 0
        assert _spaced(said.stdout) in _spaced(page("README.md")), words


def _spaced(text: str) -> str:
    return " ".join(text.split())
