"""docs/architecture.md names every room and every library, and says why the library is there."""

import re
import tomllib
from itertools import chain

from tests.docs.pages import ROOT, codes, page, rows, section

TEXT = page("docs/architecture.md")
PROJECT = tomllib.loads(page("pyproject.toml"))["project"]


def test_every_library_has_its_reason() -> None:
    """Each dependency stands in the table, and nothing stands there that is none."""
    wanted = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]
    needed = {re.split(r"[\[<>=]", name)[0] for name in wanted}
    named = {
        re.sub(r" \d+$", "", name.strip())
        for _, cells in rows(section(TEXT, "Why these libraries"))
        for name in cells[0].split(",")
    }
    assert named - {"library"} == needed


def test_every_room_is_named() -> None:
    """Each folder and file at the top of the package stands in the table of rooms, and no other."""
    package = ROOT / "mailgateway"
    folders = {f"{path.name}/" for path in package.iterdir() if (path / "__init__.py").exists()}
    files = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    named = {name for _, cells in rows(section(TEXT, "Rooms")) for name in codes(cells[0])}
    assert named == folders | files
