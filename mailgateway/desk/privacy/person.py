"""A person, by their addresses, and what stands for them once they are erased."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ERASED_TEXT = "[erased on request]"
"""What stands where words were."""

_DOMAIN = "erased.invalid"  # RFC 2606 section 2: it can never be somebody's
_BEFORE, _AFTER = r"(?<![\w.!#$%&'*+/=?^`{|}~-])", r"(?![\w-]|\.\w)"
_WORDLESS = frozenset(
    {
        *("opened", "article", "status", "priority", "type", "group", "assignee", "tags", "watchers", "organisation"),
        *("ci", "service_level", "snoozed_until", "linked", "unlinked", "rated", "silent", "clocks", "breached"),
        *("escalated", "to_and_fro", "rules", "time_spent", "contract_used_up", "answer_sent", "answer_judged"),
        *("answers_proposed", "answer_inserted", "problem_news", "major", "major_ended", "major_told", "erased"),
        *("offered", "accepted", "declined", "offer_withdrawn", "not_accepted", "language"),
        *("offer_paused", "offer_resumed", "offer_retimed"),
    }
)
"""Events whose detail says what became of a ticket, with no word of who it is about: reports need them whole."""


def stand_in(erasure: int) -> str:
    """Return what stands for somebody: the same in all of their tickets, so that these stay together."""
    return f"erased-{erasure}@{_DOMAIN}"


@dataclass(frozen=True)
class Person:
    """Somebody by their addresses, with the names that they write under."""

    addresses: frozenset[str]
    names: frozenset[str] = frozenset()

    @staticmethod
    def of(addresses: Collection[str], names: Collection[str] = ()) -> "Person":
        """Return who has these addresses; how those are written does not matter."""
        return Person(frozenset(one.casefold() for one in addresses), frozenset(name for name in names if name))

    def has(self, address: str) -> bool:
        """Tell whether an address is theirs."""
        return address.casefold() in self.addresses

    @cached_property
    def _written(self) -> re.Pattern[str]:
        ways = "|".join(re.escape(one) for one in sorted(self.addresses, key=len, reverse=True))
        return re.compile(f"{_BEFORE}(?:{ways}){_AFTER}", re.IGNORECASE)

    def out_of(self, value: Any, marker: str) -> Any:
        """Return a JSON value with `marker` for each of their addresses, and for what is nothing but their name."""
        if isinstance(value, str):
            return marker if value in self.names else self._written.sub(marker, value)
        if isinstance(value, Mapping):
            return {str(self.out_of(key, marker)): self.out_of(one, marker) for key, one in value.items()}
        if isinstance(value, list):
            return [self.out_of(one, marker) for one in value]
        return value


def without_words(what: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail of an event of a ticket that was somebody's own: of a kind that may quote them, nothing."""
    return dict(detail) if what in _WORDLESS else {}


def bare_trace(trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return a routing trace without what conditions saw in the mail, and without what rules took out of it."""
    final = {name: value for name, value in trace.get("final", {}).items() if name != "fields"}
    return {"matched": trace.get("matched", []), "actions": {}, "steps": [], "final": final, **_kept(trace)}


def _kept(trace: Mapping[str, Any]) -> dict[str, Any]:
    return {name: trace[name] for name in ("version", "left_out") if name in trace}
