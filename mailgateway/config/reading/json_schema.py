"""The files as JSON Schema (2020-12), so that editors complete and check what admins write."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from mailgateway.config.gateway.file import GatewayFile
from mailgateway.config.routing.rule_tests import RuleTestsFile
from mailgateway.config.routing.rules_schema import rules_schema
from mailgateway.config.service.assets import AssetsFile
from mailgateway.config.service.groups import GroupsFile
from mailgateway.config.service.organisations import OrganisationsFile
from mailgateway.config.service.service_levels import ServiceLevelsFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MAKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "assets": lambda: _of_model(AssetsFile),
    "gateway": lambda: _of_model(GatewayFile),
    "groups": lambda: _of_model(GroupsFile),
    "organisations": lambda: _of_model(OrganisationsFile),
    "routing": rules_schema,
    "service_levels": lambda: _of_model(ServiceLevelsFile),
    "routing.tests": lambda: _of_model(RuleTestsFile),
}
NAMES = tuple(_MAKERS)


def schema(name: str) -> dict[str, Any]:
    """Return the schema of a configuration file by its name, without .yaml; raises KeyError for an unknown one."""
    return {"$schema": _DIALECT, "title": f"{name}.yaml", **_MAKERS[name]()}


def _of_model(model: type[BaseModel]) -> dict[str, Any]:
    # Serialising is the mode in which defaults stand as one would write them: 15m, 50MB
    made: dict[str, Any] = _tidy(model.model_json_schema(mode="serialization"))
    return made


def _tidy(part: Any) -> Any:
    """Leave out what only a program would read: titles that repeat keys, and that a key left out is null."""
    if isinstance(part, list):
        return [_tidy(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _tidy(value) for key, value in part.items() if key != "title" or not isinstance(value, str)}
    if "anyOf" in kept:
        choices = [choice for choice in kept["anyOf"] if choice != {"type": "null"}]
        kept = {**kept, "anyOf": choices} if len(choices) > 1 else {**_without(kept, "anyOf"), **choices[0]}
    return _without(kept, "default") if kept.get("default", "") is None else kept


def _without(part: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != key}
