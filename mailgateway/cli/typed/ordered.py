"""What the options of orders say, as far as it can be read alone; each function leaves with 2 where it cannot."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.cli.lines import wrong_usage
from mailgateway.desk.agents.orders import LONGEST_TAG, Orders
from mailgateway.desk.customers.correcting import read_person
from mailgateway.desk.customers.counting import read_minutes
from mailgateway.desk.model import TicketType
from mailgateway.desk.timed.snooze import SHOWN, Wanted, read_snooze
from mailgateway.mail.model import Address
from mailgateway.mail.wire.addresses import read_address
from mailgateway.rules.actions import custom_field
from mailgateway.rules.findings import Wrong


def minutes(time: str | None) -> int:
    """Return how long somebody worked."""
    read = read_minutes(time) if time is not None else 0
    if read is None:
        raise wrong_usage(f"--time {time}: write how long, at most a day: 45m, 1h or 1h30m")
    return read


def tags(option: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return tags as tickets have them; rules and `#tag` take no others."""
    for word in words:
        if "," in word or word.split() != [word] or not word.isprintable() or len(word) > LONGEST_TAG:
            raise wrong_usage(
                f"{option} {word!r}: a tag is one word of at most {LONGEST_TAG} letters; give {option} for each"
            )
    return tuple(word.casefold() for word in words)


def with_heading(orders: Orders, subject: str | None, requester: str | None, language: str | None) -> Orders:
    """Return orders with what the ticket is called, whose it is and in which language."""
    try:
        whose = None if requester is None else read_person(requester)
    except ValueError as error:
        raise wrong_usage(f"--requester {str(requester)[:60]!r}: {error}") from None
    return replace(orders, subject=subject, requester=whose, language=language)


def with_people(
    orders: Orders, cc: Sequence[str], uncc: Sequence[str], watch: Sequence[str], unwatch: Sequence[str]
) -> Orders:
    """Return orders with who shall take part and who watch, or no longer."""
    return replace(orders, participants=people(cc), leave=tuple(uncc), watch=tuple(watch), unwatch=tuple(unwatch))


def people(written: Sequence[str]) -> tuple[Address, ...]:
    """Return who shall take part."""
    found: list[Address] = []
    for one in written:
        read = read_address(one)
        if read is None:
            raise wrong_usage(f"--cc {one[:60]!r}: this is no address; give --cc for each")
        found.append(read)
    return tuple(found)


def fields(written: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return names with values, "" for a field that is taken away."""
    found: list[tuple[str, str]] = []
    for one in written:
        name, equals, value = one.partition("=")
        try:
            checked = custom_field(name, value or "none")
        except Wrong as wrong:
            raise wrong_usage(f"--field {one[:60]!r}: {wrong}") from None
        if not equals:
            raise wrong_usage(f"--field {one[:60]!r}: write NAME=VALUE, or NAME= to take it away")
        found.append((checked[0], value))
    return tuple(found)


def snoozing(written: str | None) -> Wanted | None:
    """Return how long or until when a ticket is put aside."""
    wanted = None if written is None else read_snooze(written)
    if written is not None and wanted is None:
        raise wrong_usage(f"--snooze {written!r}: should be {SHOWN}")
    return wanted


def with_problem(orders: Orders, written: str | None) -> Orders:
    """Return orders with the problem that is named, none or new."""
    if written is None:
        return orders
    if written.casefold() == "new":
        return replace(orders, type=TicketType.PROBLEM, collect=True)
    if written.casefold() == "none":
        return replace(orders, problem=0)
    if not (written.isascii() and written.isdigit() and 0 < len(written) <= 12 and int(written)):
        raise wrong_usage(f"--problem {written[:60]}: the number of a ticket belongs here, new, or none")
    return replace(orders, problem=int(written))
