"""service_levels.yaml: what is written there and does nothing is a warning, and nothing else is."""

from pathlib import Path

import pytest

from mailgateway.config.load import load
from tests.unit.config.examples import GATEWAY, GROUPS, ROUTING, write

_NAMED = GATEWAY + "files: {service_levels: service_levels.yaml, organisations: organisations.yaml}\n"
_CALENDARS = 'calendars: [{name: office, hours: {weekdays: "08:00-16:00"}}]\npolicies:\n'
_CUSTOMERS = "organisations: [{name: acme, domains: [acme.example], contract: {name: gold%s}}]\n"
_ALL = "  - {name: standard, calendar: office, targets: [{first_response: 4h}]}\n"
_PROMISED = (
    "  - {name: standard, calendar: office, targets: [{first_response: 4h, resolution: 40h}], escalations: [%s]}\n"
)
_MORE_GROUPS = GROUPS + "  - {name: hardware, members: [anna]}\n"


def _warned(folder: Path, policies: str, routing: str = ROUTING) -> list[str]:
    agreed = ", service_level: gold" if "name: gold" in policies else ""
    path = write(folder, _NAMED, _MORE_GROUPS, routing)
    (folder / "service_levels.yaml").write_text(_CALENDARS + policies, encoding="utf-8")
    (folder / "organisations.yaml").write_text(_CUSTOMERS % agreed, encoding="utf-8")
    return [str(one) for one in load(path).warnings]


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        (
            _ALL + "  - {name: urgent, calendar: office, for: {priority: urgent}, targets: [{own: 1h}]}\n",
            "no ticket gets urgent: standard above it",
        ),
        (
            (
                "  - {name: wide, calendar: office, for: {priority: [high, urgent]}, targets: [{own: 1h}]}\n"
                "  - {name: narrow, calendar: office, for: {priority: high, contract: gold}, targets: [{own: 1h}]}\n"
            ),
            "no ticket gets narrow: wide above it",
        ),
        (
            "  - {name: x, calendar: office, for: {priority: urgent}, only_by_name: true, targets: [{own: 1h}]}\n",
            "does nothing beside only_by_name",
        ),
        (
            (
                "  - name: s\n    calendar: office\n    targets:\n"
                "      - {first_response: 4h}\n      - {priority: urgent, first_response: 1h, resolution: 8h}\n"
            ),
            "this first_response never counts",
        ),
        (_PROMISED % "{at: 80%, of: next_response, notify: group}", "nothing happens of next_response"),
        (
            "  - {name: s, calendar: office, targets: [{own: 1h}], escalations: [{at: 80%, notify: group}]}\n",
            "no entry of targets: promises first_response, next_response, resolution",
        ),
        (_PROMISED % "{at: 100%, on_call: hardware}", "within working hours nobody is told"),
        (_PROMISED % "{at: 100%, notify: [group, manager]}", "no group has a manager"),
        (
            (
                "  - {name: s, calendar: office, for: {group: Hardware}, targets: [{resolution: 8h}],\n"
                "     escalations: [{at: 80%, notify: lead}]}\n"
            ),
            "no group that it is for has a lead",
        ),
    ],
)
def test_what_does_nothing_is_a_warning(tmp_path: Path, policies: str, said: str) -> None:
    """It is one, and it stands in the line of its file."""
    (warning,) = _warned(tmp_path, policies)
    assert said in warning
    assert "service_levels.yaml:" in warning


@pytest.mark.parametrize(
    "policies",
    [
        "  - {name: urgent, calendar: office, for: {priority: urgent}, targets: [{own: 1h}]}\n" + _ALL,
        (
            "  - {name: a, calendar: office, for: {priority: urgent}, targets: [{own: 1h}]}\n"
            "  - {name: b, calendar: office, for: {contract: gold}, targets: [{own: 1h}]}\n"
        ),
        _ALL + "  - {name: gold, calendar: office, targets: [{own: 1h}]}\n",
        _ALL + "  - {name: ruled, calendar: office, targets: [{own: 1h}]}\n",
        _ALL + "  - {name: given, calendar: office, only_by_name: true, targets: [{own: 1h}]}\n",
        "  - {name: given, calendar: office, only_by_name: true, targets: [{own: 1h}]}\n" + _ALL,
        (
            "  - name: s\n    calendar: office\n    targets:\n"
            "      - {priority: urgent, first_response: 1h}\n      - {first_response: 4h, resolution: 8h}\n"
        ),
        _PROMISED % "{at: 100%, notify: lead, on_call: hardware}, {at: 150%, group: hardware, on_call: hardware}",
        _PROMISED % "{at: 100%, of: [first_response, resolution], notify: [assignee, lead]}",
    ],
)
def test_what_does_something_is_none(tmp_path: Path, policies: str) -> None:
    """Special cases stand first, policies are named by a contract or a rule, steps find somebody."""
    routing = "rules: [{name: r, when: {field: subject, contains: x}, then: {service_level: ruled}}]\n"
    assert _warned(tmp_path, policies, routing if "ruled" in policies else ROUTING) == []
