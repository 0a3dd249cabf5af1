"""One configuration file -> its checked model, and all that is wrong with it."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailgateway.config.reading.document import Document, read_document
from mailgateway.config.reading.wording import UNKNOWN, errors_of, findings_of
from mailgateway.errors import ConfigError, Finding
from mailgateway.rules.findings import EntryPath

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Part(Generic[Model]):
    """A file: `document` is None where it could not be read.

    Where there are findings, `model` is the file without the keys that are wrong, good for further checks and nothing
    else, or None where too little is left.
    """

    document: Document | None
    model: Model | None
    findings: tuple[Finding, ...]


def read_part(path: Path, model: type[Model]) -> Part[Model]:
    """Read a file and check it against its model; relative paths in it are joined to its folder."""
    try:
        document = read_document(path)
    except ConfigError as error:
        return Part(None, None, error.findings)
    if document.data is None:
        empty = document.finding((), "the file is empty: see the example configuration")
        return Part(document, None, (*document.findings, empty))
    return checked_part(document, model, path.parent)


def checked_part(document: Document, model: type[Model], folder: Path) -> Part[Model]:
    """Check a document against its model; relative paths in it are joined to `folder`."""
    checked, findings = _checked(document, model, folder)
    return Part(document, checked, (*document.findings, *findings))


def _checked(document: Document, model: type[Model], folder: Path) -> tuple[Model | None, tuple[Finding, ...]]:
    """Check again and again without the keys that are wrong, as some mistakes hide others, until nothing new comes."""
    left, findings = document.data, list[Finding]()
    told, removed = set[tuple[EntryPath, str]](), set[EntryPath]()
    while True:
        try:
            return model.model_validate(left, context=folder), tuple(findings)
        except ValidationError as error:
            errors = errors_of(error)
        new = [one for one in errors if _name(one) not in told and not _is_outcome(one, removed)]
        findings += findings_of(new, model, document)
        told |= {_name(one) for one in errors}
        wrong = [one for one in new if one["type"] != "missing"]
        if not wrong:
            return None, tuple(findings)
        left = _without(left, [tuple(one["loc"]) for one in wrong])
        removed |= {tuple(one["loc"]) for one in wrong if one["type"] != UNKNOWN}


def _name(error: ErrorDetails) -> tuple[EntryPath, str]:
    return tuple(error["loc"]), error["type"]


def _is_outcome(error: ErrorDetails, removed: set[EntryPath]) -> bool:
    """Tell whether something is only wrong because a key in it was taken away."""
    path = tuple(error["loc"])
    return any(gone[: len(path)] == path for gone in removed)


def _without(data: object, paths: list[EntryPath]) -> object:
    """Return a copy without the keys at `paths`. List items stay, so that the others keep their places."""
    left = deepcopy(data)
    for path in paths:
        holder = _entry(left, path[:-1])
        if path and isinstance(holder, dict):
            holder.pop(str(path[-1]), None)
    return left


def _entry(data: object, path: EntryPath) -> object:
    for key in path:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int):
            data = data[key]
    return data


def entries(document: Document | None, key: str) -> tuple[str, ...] | None:
    """Return the names in the list at `key`, however wrong the rest of the file is; None where there are none."""
    if document is None or not isinstance(document.data, dict) or not isinstance(document.data.get(key), list):
        return None
    written = [entry.get("name") for entry in document.data[key] if isinstance(entry, dict)]
    return tuple(name for name in written if isinstance(name, str)) or None
