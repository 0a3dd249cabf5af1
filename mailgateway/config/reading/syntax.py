"""A YAML file -> its nodes, or one finding that says what is wrong with its syntax and what would be right."""

from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import Node
from ruamel.yaml.reader import ReaderError

from mailgateway.errors import ConfigError, Finding

NO_FILE = "there is no such file"

_DEEPEST = 60
_LARGE = 100_000
_MOST_BYTES = 20_000_000
_MENDS = {
    "mapping values are not allowed": "put a text that holds a colon in quotes, and begin keys of one level in the "
    "same column",
    "found character '\\t'": "indent with spaces, not with tabs",
    "could not find expected ':'": "after a key comes a colon and a space",
    "found unexpected end of stream": "a quote is opened and never closed",
    "expected ',' or ']'": "a comma is missing, or the list in brackets is not closed",
    "expected ',' or '}'": "a comma is missing, or the brace is not closed",
    "expected <block end>": "begin keys and dashes of one level in the same column",
    "that cannot start any token": "put a text that begins with this sign in quotes",
    "found undefined alias": "put a text that begins with * in quotes",
    "found unknown escape": "a backslash in double quotes is special, write the text in single quotes",
    "but found another document": "one file holds one document, take the line --- out",
    "maximum depth of data structure": "nothing in these files goes so deep",
    "expected '<document start>'": "begin keys of one level in the same column",
}


def nodes_of(text: str, file: str) -> Node | None:
    """Return the top node of what a file says, None where it is empty; raises ConfigError, naming it `file`."""
    if len(text) > _LARGE:
        try:
            return _read_fast(text)
        except YAMLError:
            pass  # read again by the parser that says what is wrong
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = _DEEPEST
    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _refused(file, error) from None
    except ReaderError as error:
        line, column = _place(text, error.position)
        problem = f"the character U+{int(error.character):04X} is not allowed in YAML: take it out"
        raise ConfigError((Finding(file, line, column, problem),)) from None
    except YAMLError as error:
        raise ConfigError((Finding(file, 1, 1, f"this is not YAML: {_on_one_line(str(error))}"),)) from None
    return node


def _read_fast(text: str) -> Node | None:
    """Read with the parser in C, ten times as fast: the same nodes at the same places, but poor words for mistakes."""
    depth = 0
    for event in YAML(typ="safe", pure=False).parse(text):
        depth += isinstance(event, CollectionStartEvent)
        depth -= isinstance(event, CollectionEndEvent)
        if depth > _DEEPEST:  # composing goes as deep as the file does, on a stack that ends
            raise YAMLError
    node: Node | None = YAML(typ="safe", pure=False).compose(text)
    return node


def read_text(path: Path, file: str) -> str:
    """Return what a file says; raises ConfigError where it cannot be read, is too large, or is not UTF-8."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError((Finding(file, 0, 0, NO_FILE),)) from None
    except IsADirectoryError:
        raise ConfigError((Finding(file, 0, 0, "this is a folder: name the file in it"),)) from None
    except OSError as error:
        raise ConfigError((Finding(file, 0, 0, f"the file cannot be read: {error.strerror}"),)) from None
    if len(raw) > _MOST_BYTES:
        raise ConfigError((Finding(file, 0, 0, f"the file is larger than {_MOST_BYTES // 1_000_000} MB"),))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _place(raw[: error.start].decode("utf-8", "replace"), error.start)
        problem = f"the byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise ConfigError((Finding(file, line, column, problem),)) from None


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _refused(file: str, error: MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = _on_one_line(" ".join(str(part) for part in (error.context, error.problem) if part))
    opened = error.context_mark
    if opened is not None and opened.line + 1 < line:
        said += f" (it begins in line {opened.line + 1})"
    mend = next((mend for beginning, mend in _MENDS.items() if beginning in said), "")
    return ConfigError((Finding(file, line, column, f"this is not YAML, {said}{': ' if mend else ''}{mend}"),))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
