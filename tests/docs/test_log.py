"""docs/operations.md lists the events that the log has, each with its facts."""

import ast
from collections.abc import Iterator

from tests.docs.pages import ROOT, codes, page, rows, section

_WRITERS = ("info", "warning", "error", "exception", "debug", "write")


def events() -> dict[str, set[str]]:
    """Return every event in the code with its facts; one whose name is made at run time ends with a dot."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "mailgateway").rglob("*.py"):
        for name, facts in _calls(ast.parse(path.read_text("utf-8"))):
            found.setdefault(name, set()).update(facts)
    return found


def _calls(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _writer(node.func) in _WRITERS:
            name = _name(node.args[0])
            if "." in name:
                yield name, {keyword.arg for keyword in node.keywords if keyword.arg}


def _writer(function: ast.expr) -> str:
    match function:
        case ast.Attribute(value=ast.Name(id="_log"), attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _name(written: ast.expr) -> str:
    match written:
        case ast.Constant(value=str(name)) | ast.JoinedStr(values=[ast.Constant(value=str(name)), *_]):
            return name
        case _:
            return ""


def listed() -> dict[str, set[str]]:
    """Return every event of the page with its facts."""
    found: dict[str, set[str]] = {}
    for _, cells in rows(section(page("docs/operations.md"), "The log")):
        if codes(cells[0]):
            facts = set(codes(cells[3]))
            [like] = facts & found.keys() or {""}
            found[codes(cells[0])[0]] = found[like] if like else facts
    return found


def test_every_event_is_listed_with_its_facts_and_no_other() -> None:
    """Whoever watches the log finds each event, and what it tells, on the page."""
    known = events()
    open_ended = {name: facts for name, facts in known.items() if name.endswith(".")}
    for name, facts in listed().items():
        beginning = next((start for start in open_ended if name.startswith(start) and name not in known), name)
        assert known.get(beginning) == facts, name
    assert {name for name in known if not name.endswith(".")} <= listed().keys()
    assert all(any(name.startswith(start) for name in listed()) for start in open_ended)
