"""What pydantic found -> findings in plain words, with the place in the file and what would be right."""

from collections.abc import Callable, Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mailgateway.config.reading.document import Document
from mailgateway.config.reading.kinds import WRONG
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.nearest import instead, nearest
from mailgateway.rules.text import described, excerpt

UNKNOWN = "extra_forbidden"
"""The type of pydantic errors about keys that the model does not have."""

_SHAPES = {
    "string_type": "a text",
    "int_type": "a whole number, without quotes,",
    "bool_type": "true or false, without quotes,",
    "tuple_type": "a list, such as [one, two] or a line with a dash for each,",
    "model_type": "a group of keys, each with its value,",
}
_BOUNDS = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}


def errors_of(error: ValidationError) -> list[ErrorDetails]:
    """Return the errors, without "too short" where only the right entries of a list were counted."""
    return [one for one in error.errors(include_url=False) if one["type"] != "too_short" or not one["input"]]


def findings_of(errors: list[ErrorDetails], model: type[BaseModel], document: Document) -> Iterator[Finding]:
    """Give a finding for each error."""
    misspelt = {meant for details in errors if (meant := _meant(details, model)) is not None}
    for details in errors:
        if details["type"] == "missing" and tuple(details["loc"]) in misspelt:
            continue  # its wrong spelling is told
        path = tuple(details["loc"])
        yield document.finding(path, _problem(details, path, model))


def _meant(details: ErrorDetails, model: type[BaseModel]) -> EntryPath | None:
    """Return the path of the key that an unknown one probably stands for."""
    path = tuple(details["loc"])
    if details["type"] != UNKNOWN:
        return None
    meant = nearest(str(path[-1]), _keys(_owner(path, model)))
    return None if meant is None else (*path[:-1], meant)


def _problem(error: ErrorDetails, path: EntryPath, model: type[BaseModel]) -> str:
    kind = error["type"]
    if kind in _SHAPES:
        return _misshapen(error, path, model)
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"this is {words} {error['ctx'][bound]}, not {described(error['input'])}"
    if kind in _WORDED:
        return _WORDED[kind](error, path, model)
    return f"{described(error['input'])} does not fit here: {_description(path, model)}"


def _misshapen(error: ErrorDetails, path: EntryPath, model: type[BaseModel]) -> str:
    written, shape = error["input"], _SHAPES[error["type"]]
    if error["type"] != "model_type":
        return f"{shape} belongs here, not {described(written)}"
    # Where keys belong, a text may be a secret that got into the wrong place
    told = "a text" if isinstance(written, str) else described(written)
    return f"{shape} belongs here, not {told}; the keys are {', '.join(_keys(_owner((*path, ''), model)))}"


def _own(error: ErrorDetails, _: EntryPath, __: type[BaseModel]) -> str:
    return str(error["ctx"]["problem"])


def _missing(_: ErrorDetails, path: EntryPath, model: type[BaseModel]) -> str:
    return f'"{path[-1]}" is missing: {_description(path, model)}'


def _unknown(_: ErrorDetails, path: EntryPath, model: type[BaseModel]) -> str:
    return f"unknown key {excerpt(str(path[-1]))}; {instead(str(path[-1]), _keys(_owner(path, model)))}"


def _empty(_: ErrorDetails, path: EntryPath, model: type[BaseModel]) -> str:
    return f"the list is empty: write at least one ({_description(path, model)})"


def _choice(error: ErrorDetails, _: EntryPath, __: type[BaseModel]) -> str:
    """Name the nearest of the choices, which pydantic gives as "'a', 'b' or 'c'"."""
    written = error["input"]
    choices = [choice for choice in str(error["ctx"]["expected"]).split("'")[1::2] if choice]
    if not isinstance(written, str):
        return f"one of {', '.join(choices)} belongs here, not {described(written)}"
    return f"{excerpt(written)} is not known here; {instead(written, choices)}"


_WORDED: dict[str, Callable[[ErrorDetails, EntryPath, type[BaseModel]], str]] = {
    WRONG: _own,
    "missing": _missing,
    UNKNOWN: _unknown,
    "enum": _choice,
    "too_short": _empty,
}


def _description(path: EntryPath, model: type[BaseModel]) -> str:
    field = _owner(path, model).model_fields.get(str(path[-1]))
    return (field.description if field else None) or "see the example configuration"


def _owner(path: EntryPath, model: type[BaseModel]) -> type[BaseModel]:
    """Return the model that the last key of the path belongs to."""
    for key in path[:-1]:
        field = model.model_fields.get(str(key))
        if field is not None:
            model = next(_models(field.annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys as the file writes them."""
    return tuple(field.alias or name for name, field in model.model_fields.items())
