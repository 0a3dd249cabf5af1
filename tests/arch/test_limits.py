"""Files and functions stay small enough to be read at once."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 350
LONGEST_FUNCTION = 50

SOURCES = sorted((ROOT / "mailgateway").rglob("*.py"))


@pytest.mark.parametrize("source", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in SOURCES])
def test_files_and_functions_are_short(source: Path) -> None:
    """No file has more than 350 lines, and no function more than 50, its docstring included."""
    text = source.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    too_long = {
        node.name: length
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert not too_long
