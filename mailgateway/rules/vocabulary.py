"""The names that rules may use, and the lists that they may name: all that the language has to be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from mailgateway.rules.findings import Wrong
from mailgateway.rules.text import excerpt


def _no_lists(name: str) -> tuple[str, ...]:
    raise Wrong(f"the list {excerpt(name)} cannot be read here")


def _no_timezone(name: str) -> tzinfo:
    raise Wrong(f"the time zone {excerpt(name)} is not known")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that rules may use, as the desk knows them; None where they are not known, and any will do.

    `tags` are those that rules may put on, None for any; `answers` those that may be sent to customers,
    `answers_inside` the others; `assets` all names of configuration items. `read_list` gives the entries of a list
    file, `find_timezone` a time zone by its name; both raise Wrong. `leads` are the agents who lead the groups that
    have a lead; `own_addresses` those of the mailboxes; `templates` the names of the operator's own templates, None
    where they are not known.
    """

    groups: tuple[str, ...] | None
    agents: tuple[str, ...] | None
    mailboxes: tuple[str, ...] | None
    types: tuple[str, ...]
    priorities: tuple[str, ...]
    statuses: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    tags: tuple[str, ...] | None = None
    calendars: tuple[str, ...] | None = None
    organisations: tuple[str, ...] | None = None
    contracts: tuple[str, ...] | None = None
    answers: tuple[str, ...] | None = None
    answers_inside: tuple[str, ...] = ()
    service_levels: tuple[str, ...] | None = None
    webhooks: tuple[str, ...] | None = None
    assets: tuple[str, ...] | None = None
    read_list: Callable[[str], tuple[str, ...]] = _no_lists
    find_timezone: Callable[[str], tzinfo] = _no_timezone
    leads: Mapping[str, str] = field(default_factory=dict)
    own_addresses: tuple[str, ...] = ()
    templates: tuple[str, ...] | None = None
