"""A ticket while a plan changes it: what is gathered until its row is written, and what is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mailgateway.desk.events import Event
from mailgateway.desk.plan import Plan
from mailgateway.store.engine import Transaction


@dataclass(slots=True)
class Changing:
    """A ticket being changed: what its row was and shall be, what has happened, and its newest article."""

    tx: Transaction
    plan: Plan
    number: int
    spool_id: int | None
    article: int | None = None
    is_answered: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def replace(self, column: str, before: object, after: object) -> None:
        """Let a column have another value, and say so."""
        self.before.setdefault(column, before)
        self.after[column] = after
        self.tell(column, {"before": before, "after": after})

    def tell(self, what: str, detail: Mapping[str, object], of: int | None = None) -> None:
        """Write down what happened, to this ticket or to another one."""
        self.events.append(Event(of or self.number, self.plan.at, self.plan.actor, what, dict(detail)))

    def tell_both(self, other: int, what: str, detail: Mapping[str, object]) -> None:
        """Write down what happened between this ticket and another one; the other one's is `from` this."""
        self.tell(what, {**detail, "ticket": str(other)})
        self.tell(what, {**detail, "from": str(self.number)}, of=other)
