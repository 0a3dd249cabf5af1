"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 350
LONGEST_FUNCTION = 50


def sources() -> Iterator[tuple[str, str]]:
    """Give path and text of every file of the program; migrations are history and stay as they were written."""
    for path in sorted((ROOT / "mailgateway").rglob("*.py")):
        if "versions" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Give name and number of lines of every function."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_long() -> None:
    """No file has more than 350 lines."""
    lengths = {path: len(text.splitlines()) for path, text in sources()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    """No function has more than 50 lines, its docstring included."""
    lengths = {f"{path}:{name}": length for path, text in sources() for name, length in functions(text)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
