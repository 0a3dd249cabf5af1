"""docs/configuration.md names every key that the files may have, and no other, with its default."""

from collections.abc import Iterator
from typing import Any

import pytest

from mailgateway.config.reading.json_schema import schema
from tests.docs.pages import codes, page, rows, section

TEXT = page("docs/configuration.md")
SECRET = {"env", "file", "credential"}


def keys(name: str) -> dict[str, tuple[bool, Any]]:
    """Return every key of a file by its path: whether it is required, and its default."""
    whole = schema(name)
    return dict(_keys(whole, whole["$defs"], ""))


def _keys(node: dict[str, Any], definitions: dict[str, Any], above: str) -> Iterator[tuple[str, tuple[bool, Any]]]:
    required = node.get("required", ())
    for key, written in node.get("properties", {}).items():
        part = _resolved(written, definitions)
        yield above + key, (key in required, part.get("default"))
        if set(part.get("properties", ())) - SECRET:
            yield from _keys(part, definitions, f"{above}{key}.")
        elif "$ref" in part.get("items", {}):
            yield from _keys(_resolved(part["items"], definitions), definitions, f"{above}{key}[].")


def _resolved(part: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    return {**definitions[part["$ref"].rpartition("/")[2]], **part} if "$ref" in part else part


def documented(name: str) -> dict[str, str]:
    """Return every key that the page names for a file, by its path, with the text of its default."""
    found = {}
    for heading, cells in rows(section(TEXT, f"{name}.yaml")):
        if cells[0] != "key":
            [key] = codes(cells[0])
            for above in codes(heading) or [""]:
                found[f"{above}.{key}".lstrip(".")] = cells[2]
    return found


@pytest.mark.parametrize("name", ["gateway", "groups", "service_levels", "organisations", "assets"])
def test_every_key_is_documented_and_no_other(name: str) -> None:
    """An admin finds each key of the file on the page, and nothing that the file may not have."""
    assert set(documented(name)) == set(keys(name))


@pytest.mark.parametrize("name", ["gateway", "groups", "service_levels", "organisations", "assets"])
def test_every_default_is_the_real_one(name: str) -> None:
    """What the page says holds without the key does."""
    said = documented(name)
    for key, (required, default) in keys(name).items():
        assert (said[key] == "required") is required, key
        if isinstance(default, bool | int | float | str) and default != "":
            assert said[key] == f"`{str(default).lower() if isinstance(default, bool) else default}`", key
        elif not required:
            assert said[key] in ("none", ""), key
