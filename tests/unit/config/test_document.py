"""YAML -> plain data with places."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgateway.config.reading.document import Document, read_document
from mailgateway.errors import ConfigError


def read(folder: Path, text: str) -> Document:
    """Read a text as a file."""
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path)


def test_every_entry_has_its_place(tmp_path: Path) -> None:
    """A mapping's entry stands where its key is, a list's where the item is; what is not there, where its holder is."""
    document = read(tmp_path, "a:\n  - b: 1\n    c: [x, y]\n")
    assert document.data == {"a": [{"b": 1, "c": ["x", "y"]}]}
    assert document.locate(("a",)) == (1, 1)
    assert document.locate(("a", 0)) == (2, 5)
    assert document.locate(("a", 0, "c")) == (3, 5)
    assert document.locate(("a", 0, "c", 1)) == (3, 12)
    assert document.locate(("a", 0, "missing", "x")) == (2, 5)
    assert document.locate(("other",)) == (1, 1)


def test_words_stay_words(tmp_path: Path) -> None:
    """YAML 1.2: yes, on and dates are texts; true, numbers and null are not."""
    document = read(tmp_path, "[yes, on, 2024-01-01, 12:30, true, 5, 0x10, 1_000, 1.5, ~, '5']")
    assert document.data == ["yes", "on", "2024-01-01", "12:30", True, 5, 16, 1000, 1.5, None, "5"]


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Editors of another system put one at the beginning."""
    assert read(tmp_path, "\ufeffa: 1").data == {"a": 1}


def test_aliases_and_merged_keys_are_read(tmp_path: Path) -> None:
    """What stands in the mapping itself goes before what is merged in."""
    document = read(tmp_path, "base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: {<<: [*b], z: *b}\n")
    assert document.data == {
        "base": {"x": 1, "y": 2},
        "one": {"x": 1, "y": 3},
        "two": {"x": 1, "y": 2, "z": {"x": 1, "y": 2}},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "x.yaml:2:1: the key"),
        ("? [x]\n: 1\n", "a key is a word"),
        ("a: !secret x\n", "the tag"),
        ("a: !!int x\n", "cannot be read as int"),
        ("a: &b 1\n<<: *b\n", "<<: takes in the keys"),
    ],
)
def test_what_yaml_allows_and_a_configuration_does_not(tmp_path: Path, text: str, said: str) -> None:
    """Such things are told, each with its place, and the rest is read."""
    findings = read(tmp_path, text).findings
    assert len(findings) == 1
    assert said in str(findings[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 5000, "nothing in these files goes so deep"),
        ("a: &x [*x]", "unfold to more than this program reads"),
        ("a: \x07", "the character U+0007 is not allowed"),
        ("a: 1\n---\nb: 1\n", "take the line --- out"),
        ("a: 'open\n", "a quote is opened and never closed"),
        ("- a\nb: 1\n", "same column"),
        ("a: *b", "put a text that begins with * in quotes"),
        ("a: @b", "put a text that begins with this sign in quotes"),
    ],
)
def test_what_is_not_yaml_is_explained(tmp_path: Path, text: str, said: str) -> None:
    """One line with the place and the mend."""
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_aliases_of_aliases_end(tmp_path: Path) -> None:
    """A small file that unfolds to a huge one is refused before it fills the memory."""
    lines = ["k0: &a0 [1]", *(f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
    with pytest.raises(ConfigError, match="unfold to more"):
        read(tmp_path, "\n".join(lines))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """What cannot be read is told in a line."""
    with pytest.raises(ConfigError, match="this is a folder"):
        read_document(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.binary(max_size=60) | st.text(alphabet="ab:-[]{}&*!|>'\"#\n ,?%@\t1", max_size=40).map(str.encode))
def test_no_bytes_make_it_raise_anything_else(tmp_path: Path, raw: bytes) -> None:
    """Any bytes give a document, or findings."""
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    with suppress(ConfigError):
        read_document(path)


def test_large_files_are_read_as_small_ones_are(tmp_path: Path) -> None:
    """The faster parser for large files gives the same data, at the same places."""
    text = """\
rules:
  - &one {name: a, on: yes, n: 017, t: 08:00, d: 2026-11-02, z: ~, f: 1e3, h: 0x1F, b: True, q: "x\\ty"}
  - <<: *one
    name: b
    list: [1, two, {three: 3}]
    long: >
      some
      text
"""
    small, large = tmp_path / "small.yaml", tmp_path / "large.yaml"
    small.write_text(text, encoding="utf-8")
    large.write_text(text + "# more\n" * 20_000, encoding="utf-8")
    one, other = read_document(small), read_document(large)
    assert one.data == other.data
    assert one.places == other.places


@pytest.mark.parametrize("wrong", ["[" * 100_000, "- " * 100_000 + "x", "a: [1, 2\n", "a: 1\n\tb: 2\n"])
def test_mistakes_in_large_files_are_told_as_in_small_ones(tmp_path: Path, wrong: str) -> None:
    """However deep or wrong a large file is, what is said of it is the same, and nothing breaks."""
    path = tmp_path / "large.yaml"
    path.write_text(wrong + "\n# more" * 20_000, encoding="utf-8")
    with pytest.raises(ConfigError, match="this is not YAML"):
        read_document(path)
