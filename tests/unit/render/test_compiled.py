"""Templates are compiled once, and anew when they change."""

from pathlib import Path

import pytest
from jinja2.bccache import Bucket

from mailgateway.render import compiled
from mailgateway.render.environment import Templates


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the names of templates as they are compiled."""
    names: list[str] = []
    keep = compiled.Compiled.dump_bytecode

    def noted(self: compiled.Compiled, bucket: Bucket) -> None:
        names.append(bucket.key)
        keep(self, bucket)

    monkeypatch.setattr(compiled.Compiled, "dump_bytecode", noted)
    return names


def test_another_environment_does_not_compile_again(tmp_path: Path, compilations: list[str]) -> None:
    """A reload makes a new environment; the files are the same."""
    (tmp_path / "a.txt").write_text("Dear {{ name }}")
    assert [Templates(tmp_path).produce("a.txt", {"name": name}) for name in ("A", "B")] == ["Dear A", "Dear B"]
    assert len(compilations) == 1


def test_a_changed_file_is_compiled_anew(tmp_path: Path, compilations: list[str]) -> None:
    """What stands under the same name may be something else by now."""
    file = tmp_path / "a.txt"
    file.write_text("one")
    assert Templates(tmp_path).produce("a.txt", {}) == "one"
    file.write_text("two")
    assert Templates(tmp_path).produce("a.txt", {}) == "two"
    assert len(compilations) == 2


def test_text_and_html_are_told_apart(tmp_path: Path) -> None:
    """The same content escapes in one and not in the other."""
    for name in ("a.txt", "a.html"):
        (tmp_path / name).write_text("{{ name }}")
    made = [Templates(tmp_path).produce(name, {"name": "<b>"}) for name in ("a.txt", "a.html")]
    assert made == ["<b>", "&lt;b&gt;"]


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compilations: list[str]) -> None:
    """A file that changes for ever does not fill the memory."""
    monkeypatch.setattr(compiled, "_MOST_KEPT", 1)
    file = tmp_path / "a.txt"
    for text in ("one", "two", "one"):
        file.write_text(text)
        assert Templates(tmp_path).produce("a.txt", {}) == text
    assert len(compilations) == 3
