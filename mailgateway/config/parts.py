"""One configuration file -> its checked model, and all that is wrong with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from mailgateway.config.document import Document, read_document
from mailgateway.config.wording import findings_of
from mailgateway.errors import ConfigError, Finding

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Part(Generic[Model]):
    """A file: `document` is None where it could not be read, `model` where something in it is wrong."""

    document: Document | None
    model: Model | None
    findings: tuple[Finding, ...]


def read_part(path: Path, model: type[Model]) -> Part[Model]:
    """Read a file and check it against its model; relative paths in it are joined to its folder."""
    try:
        document = read_document(path)
    except ConfigError as error:
        return Part(None, None, error.findings)
    findings = list(document.findings)
    checked = None
    if document.data is None:
        findings.append(document.finding((), "the file is empty: see the example configuration"))
    else:
        try:
            checked = model.model_validate(document.data, context=path.parent)
        except ValidationError as error:
            findings += findings_of(error, model, document)
    return Part(document, checked if not findings else None, tuple(findings))


def entries(document: Document | None, key: str) -> tuple[str, ...] | None:
    """Return the names in the list at `key`, however wrong the rest of the file is; None where there are none."""
    if document is None or not isinstance(document.data, dict) or not isinstance(document.data.get(key), list):
        return None
    written = [entry.get("name") for entry in document.data[key] if isinstance(entry, dict)]
    return tuple(name for name in written if isinstance(name, str)) or None
