"""Configuration items: the things that tickets are about, who looks after each, and what is promised for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailgateway.desk.plan import Change, RecordEvent


@dataclass(frozen=True, slots=True)
class Asset:
    """A configuration item. `aliases` are other names of it, such as those of its hosts; "" is for what is not known.

    `group` looks after it and `service_level` holds for its tickets, where nothing else decides.
    """

    name: str
    display: str
    group: str = ""
    service_level: str = ""
    aliases: tuple[str, ...] = ()
    location: str = ""

    @property
    def label(self) -> str:
        """What people are shown: the name that commands know it by, and what it is called and where it stands."""
        called = self.display if self.display.casefold() != self.name.casefold() else ""
        more = ", ".join(filter(None, (called, self.location)))
        return f"{self.name} ({more})" if more else self.name


@dataclass(frozen=True, slots=True)
class Assets:
    """All configuration items, found at once by any of their names; make it with `assets`."""

    all: tuple[Asset, ...] = ()
    by_name: Mapping[str, Asset] = field(default_factory=dict, repr=False, compare=False)

    def named(self, name: str | None) -> Asset | None:
        """Return the item of this name, alias or name for people, in any case; None where there is none."""
        return self.by_name.get(name.strip().casefold()) if name else None

    def spelled(self, name: str | None) -> str | None:
        """Return the name of the item that is meant; one that is not known stays as it was written."""
        found = self.named(name)
        return found.name if found is not None else name

    def label(self, name: str | None) -> str:
        """Return what people are shown of an item; one that is not known as it was written."""
        found = self.named(name)
        return found.label if found is not None else name or ""

    def doubts(self, name: str | None) -> tuple[Change, ...]:
        """Return the note that a ticket is about something that is not in the list, where there is a list."""
        if not name or not self.all or self.named(name) is not None:
            return ()
        return (RecordEvent("ci_unknown", {"ci": name}),)


def assets(known: Iterable[Asset]) -> Assets:
    """Return the items with their index; names go before names for people, and of two the first has it."""
    every = tuple(known)
    by_name: dict[str, Asset] = {}
    for one in every:
        for name in (one.name, *one.aliases):
            by_name.setdefault(name.casefold(), one)
    for one in every:
        by_name.setdefault(one.display.casefold(), one)
    return Assets(every, by_name)
