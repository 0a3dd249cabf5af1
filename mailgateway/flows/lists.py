"""The lists of tickets behind a report: as somebody asks for one, and as files that go along with a letter."""

from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from dataclasses import replace
from datetime import datetime
from io import StringIO

from mailgateway.desk.customers.allowance import allowance_of, period, zone_of
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Attachment
from mailgateway.reports.asked import Asked, AskedContract, read_asked
from mailgateway.reports.counted import Counting, Listed, Scope
from mailgateway.reports.export import listed_rows
from mailgateway.reports.period import Period, Window
from mailgateway.reports.report import Report
from mailgateway.rules.nearest import instead
from mailgateway.store.engine import Transaction
from mailgateway.store.reports.lists import all_of, listed
from mailgateway.store.reports.populations import charged

_MOST_LISTED = 5_000


def list_behind(
    tx: Transaction,
    asked: Asked | AskedContract,
    days: Period,
    scope: Scope,
    policy: Policy,
    now: datetime,
    limit: int = 0,
) -> tuple[Listed, ...]:
    """Return the tickets behind a figure, the newest first: all, or `limit`.

    Those of a contract are of its own period at the end of the report's, and of all of its organisation.
    """
    window = days.until(now)
    if isinstance(asked, AskedContract):
        return _charged(tx, asked.organisation, last_instant(window), policy, limit)
    agent = policy.directory.agent(asked.by)
    if agent is not None:
        asked = replace(asked, by=agent.address if asked.counting is Counting.REPLIED else agent.name)
    answer = policy.library.spelled(asked.answer) or asked.answer
    return listed(tx, replace(asked, answer=answer), window, scope, limit)


def last_instant(window: Window) -> datetime:
    """Return the last instant within: at the stroke of midnight the next period of a contract begins."""
    return window.ends - datetime.resolution


def files_behind(
    tx: Transaction, report: Report, policy: Policy, now: datetime, columns: tuple[str, ...]
) -> Iterator[Attachment]:
    """Give, for all that a report counts, the newest of its tickets as a file for spreadsheets."""
    for asked in report.lists:
        tickets = list_behind(tx, read_asked(asked), report.period, report.scope, policy, now, _MOST_LISTED)
        if tickets:
            rows = listed_rows(tickets, columns)
            yield Attachment(f"{asked.replace(':', '-')}.csv", "text/csv", as_csv(rows))


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a file for spreadsheets (RFC 4180)."""
    held = StringIO()
    writer(held, lineterminator="\r\n").writerows(rows)
    return held.getvalue().encode()


def against_asking(asked: Asked | AskedContract, scope: Scope, policy: Policy) -> str:
    """Return why there is nothing that could be listed, with a hint; "" where there may be."""
    if not isinstance(asked, AskedContract):
        return ""
    organisation = policy.organisations.named(asked.organisation)
    if organisation is None or allowance_of(organisation) is None:
        counted = [one.name for one in policy.organisations.all if allowance_of(one) is not None]
        return f'"{asked.organisation}" has no contract with an allowance; {instead(asked.organisation, counted)}'
    if scope.group is not None or scope.organisation not in (None, organisation.name):
        return "a contract counts for all of its organisation, and for no other"
    return ""


def _charged(tx: Transaction, name: str, at: datetime, policy: Policy, limit: int) -> tuple[Listed, ...]:
    organisation = policy.organisations.named(name)
    allowance = allowance_of(organisation)
    if organisation is None or allowance is None:
        return ()
    own = period(allowance.per, at, zone_of(organisation, policy))
    return all_of(tx, charged(organisation.name, allowance.unit, Window(own.begins, own.ends)), limit)
