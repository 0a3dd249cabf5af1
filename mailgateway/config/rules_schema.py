"""The JSON Schema of routing.yaml, made from the fields, operators and actions that there are."""

import re
from typing import Any

from mailgateway.desk.model import Priority, TicketType
from mailgateway.rules.actions import ACTIONS
from mailgateway.rules.compile import RULE_KEYS
from mailgateway.rules.conditions import EVERY_MAIL
from mailgateway.rules.fields import FIELDS
from mailgateway.rules.operators import OPERATORS, Takes
from mailgateway.rules.schema import ActionName

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_TAG: dict[str, Any] = {"type": "string", "pattern": r"^\S{1,64}$"}
_OPERANDS: dict[Takes, dict[str, Any]] = {
    Takes.TEXT: _TEXT,
    Takes.LIST: {"type": "array", "items": _TEXT, "minItems": 1},
    Takes.TRUTH: {"type": "boolean"},
}
_VALUES: dict[ActionName, dict[str, Any]] = {
    ActionName.GROUP: _TEXT,
    ActionName.ASSIGN: _TEXT,
    ActionName.PRIORITY: {"enum": [one.value for one in Priority]},
    ActionName.TYPE: {"enum": [one.value for one in TicketType]},
    ActionName.LANGUAGE: {"type": "string", "examples": ["en", "pl"]},
    ActionName.TAGS: {"anyOf": [_TAG, {"type": "array", "items": _TAG, "minItems": 1}]},
    ActionName.DISCARD: {"type": "boolean"},
    ActionName.QUARANTINE: {"type": "boolean"},
}


def rules_schema() -> dict[str, Any]:
    """Return the schema of routing.yaml."""
    rules = {"type": "array", "items": {"$ref": "#/$defs/rule"}, "description": "Tried in this order."}
    return {
        "description": "Where new mail goes: rules, each with a condition and what it decides.",
        "type": "object",
        "properties": {"rules": rules},
        "required": ["rules"],
        "additionalProperties": False,
        "$defs": {
            "rule": _rule(),
            "condition": _condition(),
            "test": _test(),
            "field": _field(),
            "actions": _actions(),
        },
    }


def _rule() -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {
        "name": {**_TEXT, "maxLength": 100, "description": "What traces call the rule."},
        "when": {"$ref": "#/$defs/condition", "description": "When the rule applies."},
        "then": {"$ref": "#/$defs/actions", "description": "What it decides."},
        "stop": {"type": "boolean", "default": False, "description": "Whether later rules are left out then."},
    }
    return {
        "type": "object",
        "properties": {key: parts[key] for key in RULE_KEYS},
        "required": ["when"],
        "anyOf": [{"required": ["then"]}, {"properties": {"stop": {"const": True}}, "required": ["stop"]}],
        "additionalProperties": False,
    }


def _condition() -> dict[str, Any]:
    some = {"type": "array", "items": {"$ref": "#/$defs/condition"}, "minItems": 1}
    return {
        "description": "A test, or all, any or not of conditions, or the word always.",
        "oneOf": [
            {"const": EVERY_MAIL, "description": "Holds for every mail."},
            _alone("all", {**some, "description": "Every condition holds."}),
            _alone("any", {**some, "description": "One condition holds."}),
            _alone("not", {"$ref": "#/$defs/condition", "description": "The condition does not hold."}),
            {"$ref": "#/$defs/test"},
        ],
    }


def _alone(key: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {key: value}, "required": [key], "additionalProperties": False}


def _test() -> dict[str, Any]:
    """One field, exactly one operator; domain for addresses alone."""
    operators = {
        name: {**_OPERANDS[operator.takes], "description": _first_line(operator.build)}
        for name, operator in OPERATORS.items()
    }
    addresses = [name for name, field in FIELDS.items() if field.is_address]
    only_addresses = [name for name, operator in OPERATORS.items() if operator.only_addresses]
    return {
        "type": "object",
        "properties": {"field": {"$ref": "#/$defs/field"}, **operators},
        "required": ["field"],
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": False,
        "dependentSchemas": {name: {"properties": {"field": {"enum": addresses}}} for name in only_addresses},
    }


def _field() -> dict[str, Any]:
    """Names for completion, and the pattern of header fields, whose names are free."""
    named = [{"const": name, "description": _first_line(field.read)} for name, field in FIELDS.items()]
    header = {
        "type": "string",
        "pattern": r"^header\.[!-9;-~]+$",
        "description": "Every value of one header field.",
        "examples": ["header.X-Priority"],
    }
    return {"anyOf": [*named, header]}


def _actions() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name.value: {**_VALUES[name], "description": _first_line(read)} for name, read in ACTIONS.items()
        },
        "minProperties": 1,
        "additionalProperties": False,
    }


def _first_line(function: object) -> str:
    """Return what a docstring says first, as one line."""
    return re.split(r"\n\s*\n", (function.__doc__ or "").strip())[0].replace("\n    ", " ")
