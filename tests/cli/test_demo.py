"""`demo`: the story, where what it needs is installed."""

from pathlib import Path

import pytest

from mailgateway.cli.commands import demo
from mailgateway.demo import story
from tests.cli.shell import Shell


def test_without_its_packages_the_mend_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra `demo` is not installed, it is said what to install, with 2."""
    monkeypatch.setattr(demo, "find_spec", lambda name: None if name == "pymap" else object())
    ran = shell.run("demo", "--once")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "the demo needs pymap: pip install 'mailgateway[demo]'\n"


@pytest.mark.parametrize("code", [0, 1])
def test_the_story_decides_the_exit_code(shell: Shell, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """The story is told once or for as long as wanted, and its exit code is the command's."""
    asked: list[tuple[bool, Path | None]] = []

    def run(*, once: bool, page: Path | None) -> int:
        asked.append((once, page))
        return code

    monkeypatch.setattr(story, "run", run)
    assert shell.run("demo", "--once").code == code
    assert shell.run("demo").code == code
    page = shell.folder / "report.html"
    assert shell.run("demo", "--once", "--report", str(page)).code == code
    assert asked == [(True, None), (False, None), (True, page)]


def test_the_report_needs_a_folder(shell: Shell) -> None:
    """Where it cannot be written is said before the story is told, with 2."""
    ran = shell.run("demo", "--once", "--report", str(shell.folder / "nowhere" / "report.html"))
    assert (ran.code, ran.out) == (2, "")
    assert "there is no folder" in ran.err
