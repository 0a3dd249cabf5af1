"""The shipped example: it is right, complete, described to editors, and can be had by anybody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailgateway.config.example import write_example
from mailgateway.config.load import load
from mailgateway.config.reading.json_schema import NAMES, schema
from mailgateway.errors import ConfigError
from mailgateway.rules.fields import FIELDS
from mailgateway.rules.operators import OPERATORS
from mailgateway.rules.schema import ActionName
from mailgateway.share import share


def test_the_example_is_right_as_it_is(tmp_path: Path) -> None:
    """Whoever copies it has a configuration that checks, with nothing to warn of."""
    written = write_example(tmp_path / "new" / "folder")
    assert tmp_path / "new" / "folder" / "gateway.yaml" in written
    assert load(tmp_path / "new" / "folder" / "gateway.yaml").warnings == ()


def test_the_accounts_in_comments_are_right_too(tmp_path: Path) -> None:
    """Whoever takes the # off the Google and Microsoft examples has two more mailboxes."""
    write_example(tmp_path)
    path = tmp_path / "gateway.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^  # (?=- name:|  (?!.*command:))", "  ", text), encoding="utf-8")
    mailboxes = load(path).mailboxes
    assert [mailbox.name for mailbox in mailboxes] == ["support", "sales", "billing"]
    assert mailboxes[1].imap.token is not None
    assert mailboxes[1].imap.token.refresh is not None
    assert mailboxes[2].imap.token is not None
    assert mailboxes[2].imap.token.client_credentials is not None


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Where one of the files is there already, none is written."""
    (tmp_path / "routing.yaml").write_text("mine")
    with pytest.raises(ConfigError, match=r"routing.yaml: the file is already there"):
        write_example(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["routing.yaml"]
    assert (tmp_path / "routing.yaml").read_text() == "mine"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """One line, no traceback."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="the example cannot be written here"):
        write_example(tmp_path / "file")


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_schema_is_up_to_date(name: str) -> None:
    """Renew it with: mailgateway schema NAME > config/schema/NAME.json"""
    shipped = (share("config") / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == schema(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_names_its_schema(name: str) -> None:
    """Editors complete and check the file as soon as it is opened."""
    first = (share("config") / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=schema/{name}.json"


def keys(part: Any) -> Iterator[str]:
    """Walk over the names of all keys that a schema knows."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        for inner in part.values():
            yield from keys(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from keys(inner)


@pytest.mark.parametrize("name", ["gateway", "groups", "service_levels", "organisations", "assets"])
def test_every_key_stands_in_the_example(name: str) -> None:
    """The example is the manual: each key is in it, used or as a comment."""
    text = (share("config") / f"{name}.yaml").read_text(encoding="utf-8")
    missing = {key for key in keys(schema(name)) if not re.search(rf"\b{key}:", text)}
    assert missing == set()


def test_the_rules_example_names_the_whole_language() -> None:
    """Every field, operator and action stands in routing.yaml."""
    text = (share("config") / "routing.yaml").read_text(encoding="utf-8")
    for word in (*FIELDS, *OPERATORS, *(action.value for action in ActionName)):
        assert re.search(rf"(?<![\w.]){re.escape(word)}(?![\w.])", text), word


def test_the_schema_of_the_rules_knows_the_whole_language() -> None:
    """Editors offer every field, operator and action, each with a description."""
    parts = schema("routing")["$defs"]
    assert {field["const"] for field in parts["field"]["anyOf"] if "const" in field} == set(FIELDS)
    assert set(parts["test"]["properties"]) == {"field", *OPERATORS}
    assert set(parts["actions"]["properties"]) == {action.value for action in ActionName}
    assert all(one["description"] for one in parts["actions"]["properties"].values())


def test_an_unknown_schema_is_a_key_error() -> None:
    """Every file has one."""
    with pytest.raises(KeyError):
        schema("other")
