"""The JSON Schema of routing.yaml, made from the fields, operators and actions that there are."""

import re
from typing import Any

from mailgateway.desk.model import News, Priority, Status, TicketType
from mailgateway.rules.actions import ACTIONS
from mailgateway.rules.compile import RULE_KEYS
from mailgateway.rules.conditions import EVERY_MAIL, NAMED
from mailgateway.rules.fields import FIELDS
from mailgateway.rules.measures import Sort
from mailgateway.rules.operators import MEANINGS, OPERATORS, Operator, Takes
from mailgateway.rules.schema import ActionName, Event

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_VALUE: dict[str, Any] = {"anyOf": [_TEXT, {"type": "number"}]}
_HEADER = r"^header\.[!-9;-~]+$"
_TAG: dict[str, Any] = {"type": "string", "pattern": r"^\S{1,64}$"}
_FILE: dict[str, Any] = {
    "type": "object",
    "properties": {"file": {**_TEXT, "description": "A text file beside this one, with one entry a line."}},
    "required": ["file"],
    "additionalProperties": False,
}
_LIST: dict[str, Any] = {"type": "array", "items": _TEXT, "minItems": 1}
_PAIR: dict[str, Any] = {"type": "array", "items": _VALUE, "minItems": 2, "maxItems": 2}
_TRUTH: dict[str, Any] = {"type": "boolean"}
_REASON: dict[str, Any] = {**_TEXT, "maxLength": 500}
_TEMPLATE: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"}
_WATCHER: dict[str, Any] = {
    "anyOf": [
        _TEXT,
        {"type": "object", "properties": {"lead": _TEXT}, "required": ["lead"], "additionalProperties": False},
    ]
}
_EVENT: dict[str, Any] = {"enum": [event.value for event in Event]}
_NEWS: dict[str, Any] = {"enum": [one.value for one in News]}
_VALUES: dict[ActionName, dict[str, Any]] = {
    ActionName.GROUP: _TEXT,
    ActionName.ASSIGN: {**_TEXT, "examples": ["round_robin", "least_open", "last"]},
    ActionName.PRIORITY: {"enum": [one.value for one in Priority]},
    ActionName.TYPE: {"enum": [one.value for one in TicketType]},
    ActionName.STATUS: {"enum": [one.value for one in Status]},
    ActionName.LANGUAGE: {"type": "string", "examples": ["en", "pl"]},
    ActionName.TAGS: {"anyOf": [_TAG, {"type": "array", "items": _TAG, "minItems": 1}]},
    ActionName.CI: _VALUE,
    ActionName.ORGANISATION: _VALUE,
    ActionName.SERVICE_LEVEL: _TEXT,
    ActionName.FIELDS: {
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,39}$"},
        "additionalProperties": _VALUE,
        "minProperties": 1,
    },
    ActionName.CC: {"anyOf": [_TEXT, _LIST]},
    ActionName.WATCHERS: {"anyOf": [_WATCHER, {"type": "array", "items": _WATCHER, "minItems": 1}]},
    ActionName.FORWARD: {"anyOf": [_TEXT, _LIST]},
    ActionName.TEMPLATE: _TEMPLATE,
    ActionName.ANSWER: _TEXT,
    ActionName.LINK: {"type": "integer", "minimum": 1},
    ActionName.WEBHOOK: {"anyOf": [_TEXT, _LIST]},
    ActionName.NO_STATUS_MAILS: {"anyOf": [{"const": True}, _NEWS, {"type": "array", "items": _NEWS}]},
    ActionName.NO_ACKNOWLEDGEMENT: _TRUTH,
    ActionName.DISCARD: _TRUTH,
    ActionName.QUARANTINE: _TRUTH,
    ActionName.REJECT: {
        "anyOf": [
            _REASON,
            {
                "type": "object",
                "properties": {"template": _TEMPLATE, "reason": _REASON},
                "required": ["reason"],
                "additionalProperties": False,
            },
        ]
    },
}


def rules_schema() -> dict[str, Any]:
    """Return the schema of routing.yaml."""
    rules = {"type": "array", "items": {"$ref": "#/$defs/rule"}, "description": "Tried in this order."}
    return {
        "description": "Where new mail goes: rules, each with a condition and what it decides.",
        "type": "object",
        "properties": {
            "timezone": {
                **_TEXT,
                "description": "Of received.time and received.weekday.",
                "examples": ["Europe/Warsaw"],
            },
            "tags": {"type": "array", "items": _TAG, "description": "All tags that rules may put on; without it, any."},
            NAMED: {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/condition"},
                "description": "Conditions with names, which rules speak of as {condition: NAME}.",
            },
            "rules": rules,
        },
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
        "on": {
            "anyOf": [_EVENT, {"type": "array", "items": _EVENT, "minItems": 1}],
            "default": Event.NEW.value,
            "description": "What it is asked at: mail that opens a ticket, mail that joins one, or a time.",
        },
        "when": {"$ref": "#/$defs/condition", "description": "When the rule applies."},
        "then": {"$ref": "#/$defs/actions", "description": "What it decides."},
        "stop": {"type": "boolean", "default": False, "description": "Whether later rules are left out then."},
        "anytime": {
            "type": "boolean",
            "default": False,
            "description": "With on: timer, whether it writes to people outside working hours as well.",
        },
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
        "description": "A test, or all, any, none or not of conditions, or one with a name, or the word always.",
        "oneOf": [
            {"const": EVERY_MAIL, "description": "Holds for every mail."},
            _alone("all", {**some, "description": "Every condition holds."}),
            _alone("any", {**some, "description": "One condition holds."}),
            _alone("none", {**some, "description": "No condition holds."}),
            _alone("not", {"$ref": "#/$defs/condition", "description": "The condition does not hold."}),
            _alone("condition", {**_TEXT, "description": f"The condition of this name below {NAMED}: holds."}),
            {"$ref": "#/$defs/test"},
        ],
    }


def _alone(key: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {key: value}, "required": [key], "additionalProperties": False}


def _test() -> dict[str, Any]:
    """One field, exactly one operator that can be asked of it."""
    operators = {
        name: {**_operand(operator), "description": _first_line(MEANINGS[name])} for name, operator in OPERATORS.items()
    }
    return {
        "type": "object",
        "properties": {"field": {"$ref": "#/$defs/field"}, **operators},
        "required": ["field"],
        "minProperties": 2,
        "maxProperties": 2,
        "additionalProperties": False,
        "dependentSchemas": {
            name: {"properties": {"field": {"anyOf": _fields(operator.sorts)}}} for name, operator in OPERATORS.items()
        },
    }


def _operand(operator: Operator) -> dict[str, Any]:
    match operator.takes:
        case Takes.TRUTH:
            return _TRUTH
        case Takes.PAIR:
            return _PAIR
        case Takes.LIST:
            return {"anyOf": [_LIST, _FILE]}
        case Takes.ONE_OR_LIST:
            return {"anyOf": [_TEXT, _LIST, _FILE]}
    kinds = [_TEXT, {"type": "number"}] if operator.measure else [_TEXT]
    kinds += [_TRUTH] if Sort.TRUTH in operator.sorts else []
    return {"anyOf": kinds} if len(kinds) > 1 else kinds[0]


def _fields(sorts: frozenset[Sort]) -> list[dict[str, Any]]:
    named = {"enum": [name for name, field in FIELDS.items() if field.sort in sorts]}
    return [named, {"pattern": _HEADER}] if Sort.TEXT in sorts else [named]


def _field() -> dict[str, Any]:
    """Names for completion, and the pattern of header fields, whose names are free."""
    named = [{"const": name, "description": _first_line(field.read)} for name, field in FIELDS.items()]
    header = {
        "type": "string",
        "pattern": _HEADER,
        "description": "Every value of one header field.",
        "examples": ["header.X-Priority"],
    }
    return {"anyOf": [*named, header]}


def _actions() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name.value: {**_VALUES[name], "description": _first_line(action.read)} for name, action in ACTIONS.items()
        },
        "minProperties": 1,
        "additionalProperties": False,
    }


def _first_line(function: object) -> str:
    """Return what a docstring says first, as one line."""
    return re.split(r"\n\s*\n", (function.__doc__ or "").strip())[0].replace("\n    ", " ")
