"""The nodes of a YAML file -> plain data that remembers where each of its entries stands."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mailgateway.config.reading.syntax import nodes_of, read_text
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.text import excerpt

Place = tuple[int, int]
"""Line and column, from 1."""

_TAG = "tag:yaml.org,2002:"
_MOST_ENTRIES = 500_000
_DEEPEST = 60
_TEXTS = ("str", "timestamp", "value", "merge")
_SCALARS: dict[str, Callable[[str], object]] = {
    "null": lambda _: None,
    "bool": lambda text: text.casefold() == "true",
    "int": lambda text: int(text, 0 if text.lstrip("+-")[:2] in ("0x", "0o") else 10),
    "float": lambda text: float(text.replace(".inf", "inf").replace(".nan", "nan")),
}


class Keyed(dict[str, object]):
    """A mapping of a file that knows where it begins: (file, line, column)."""

    place: tuple[str, int, int] = ("", 0, 0)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain data (dict, list, str, int, float, bool, None), and what of it could not be read."""

    file: str
    data: object
    places: Mapping[EntryPath, Place] = field(repr=False)
    findings: tuple[Finding, ...] = ()

    def locate(self, path: EntryPath) -> Place:
        """Return the place of the entry at `path`, or of the nearest one above it that is there."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def finding(self, path: EntryPath, problem: str) -> Finding:
        """Say what is wrong with the entry at `path`."""
        return Finding(self.file, *self.locate(path), problem)


def read_document(path: Path) -> Document:
    """Read a file; raises ConfigError where nothing of it can be used."""
    file = str(path)
    return document_of(read_text(path, file), file)


def document_of(text: str, file: str) -> Document:
    """Read what a file says; raises ConfigError where nothing of it can be used."""
    node = nodes_of(text, file)
    reader = _Reader(file)
    data = reader.read(node, ()) if node is not None else None
    return Document(file, data, reader.places, tuple(reader.findings))


class _Reader:
    """Walks over the nodes of one file, filling places and findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[EntryPath, Place] = {}
        self.findings: list[Finding] = []

    def read(self, node: Node, path: EntryPath) -> object:
        self.places.setdefault(path, _place(node))
        if len(path) > _DEEPEST or len(self.places) > _MOST_ENTRIES:
            # An alias within itself, or aliases of aliases, have no end
            problem = "the aliases (*) unfold to more than this program reads: write it out instead"
            raise ConfigError((Finding(self.file, *_place(node), problem),))
        match node:
            case MappingNode():
                return self._mapping(node, path)
            case SequenceNode():
                return self._sequence(node, path)
            case _:
                return self._scalar(node)

    def _mapping(self, node: MappingNode, path: EntryPath) -> Keyed:
        mapping = Keyed()
        mapping.place = (self.file, *_place(node))
        for key, value in self._entries(node):
            if not self._may_be_key(key):
                continue
            name, inner = str(key.value), (*path, str(key.value))
            if name in mapping:
                self._complain(key, f"the key {excerpt(name)} stands here twice: keep one")
                continue
            self.places[inner] = _place(key)
            mapping[name] = self.read(value, inner)
        for source in self._merged(node):
            for name, merged in self.read_merged(source, path).items():
                mapping.setdefault(name, merged)
        return mapping

    def read_merged(self, node: Node, path: EntryPath) -> dict[str, object]:
        """Read what `<<: *name` brings in; keys that stand in the mapping itself go before it."""
        if not isinstance(node, MappingNode):
            self._complain(node, "<<: takes in the keys of another mapping, by its alias")
            return {}
        return {
            str(key.value): self.read(value, (*path, str(key.value)))
            for key, value in node.value
            if self._may_be_key(key)
        }

    def _entries(self, node: MappingNode) -> Iterator[tuple[Node, Node]]:
        return ((key, value) for key, value in node.value if key.tag != _TAG + "merge")

    def _merged(self, node: MappingNode) -> Iterator[Node]:
        for key, value in node.value:
            if key.tag == _TAG + "merge":
                yield from value.value if isinstance(value, SequenceNode) else [value]

    def _may_be_key(self, key: Node) -> bool:
        if isinstance(key, ScalarNode):
            return True
        self._complain(key, "a key is a word: put a text that begins with a bracket or brace in quotes")
        return False

    def _sequence(self, node: SequenceNode, path: EntryPath) -> list[object]:
        return [self.read(item, (*path, number)) for number, item in enumerate(node.value)]

    def _scalar(self, node: Node) -> object:
        kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
        if kind in _SCALARS:
            try:
                return _SCALARS[kind](text.replace("_", ""))
            except ValueError:
                self._complain(node, f"{excerpt(text)} cannot be read as {kind}: put a text in quotes")
        elif kind not in _TEXTS:
            self._complain(node, f"the tag {excerpt(str(node.tag))} is not known: leave it out, or quote the text")
        return text

    def _complain(self, node: Node, problem: str) -> None:
        self.findings.append(Finding(self.file, *_place(node), problem))


def _place(node: Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1
