"""Scheduled reports: each is made once a period, whatever restarts or hosts there are; a missed one is made up for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from mailgateway import log
from mailgateway.desk.plan import Disposition, Notice, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting.copies import Copy, copies
from mailgateway.desk.reporting.notices import copy_notices, ticket_addresses
from mailgateway.desk.reporting.reveals import Reveals
from mailgateway.desk.reporting.subscription import About, Content
from mailgateway.errors import StoreBusy, StoreUnusable
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.races import despite_races
from mailgateway.flows.report import enclose, make_report
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Attachment
from mailgateway.reports.counted import Scope
from mailgateway.reports.digest import Digest
from mailgateway.reports.period import Period
from mailgateway.store.engine import Transaction
from mailgateway.store.hosts.turns import is_free
from mailgateway.store.outgoing import suppressions
from mailgateway.store.reports import digest as digest_rows
from mailgateway.store.reports import issues
from mailgateway.store.reports.issues import Issued

ACTOR = "report"

_log = log.logger("issue")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The letters of a copy, none where it has nothing to tell, and the files that go along."""

    notices: tuple[Notice, ...] = ()
    files: tuple[Attachment, ...] = ()


def issue_due(desk: Desk, stop: Stop) -> int:
    """Make every report that is due and was not made for its period yet; return how many were.

    Of several periods that were missed, the newest alone. One that is new begins with the next that will be due.
    """
    policy, now = desk.policy(), desk.clock()
    wanted = list(all_copies(policy))
    if not wanted:
        return 0
    with desk.store.reading() as tx:
        issued = issues.last_issues(tx)
    _begin(desk, [copy for copy in wanted if _key(copy) not in issued], now)
    return sum(_issue(desk, copy, day) for copy, day in _due(wanted, issued, now) if not stop())


def all_copies(policy: Policy) -> Iterator[Copy]:
    """Give the copies of all scheduled reports."""
    for one in policy.reports:
        yield from copies(one, policy)


def prepare(desk: Desk, copy: Copy, day: date) -> Prepared:
    """Count, draw and write a copy for the period that a day names; a digest is always of now."""
    with desk.store.reading() as tx:
        return _prepared(desk, tx, copy, day)


def send(desk: Desk, tx: Transaction, prepared: Prepared, occasion: str) -> int:
    """Queue the letters of a copy for those who can be reached; return how many."""
    policy, now = desk.policy(), desk.clock()
    known = suppressions.known(tx, {notice.recipient.key for notice in prepared.notices})
    closed = {key for key, one in known.items() if one.until is not None and one.until > now}
    notices = tuple(notice for notice in prepared.notices if notice.recipient.key not in closed)
    plan = Plan(now, ACTOR, Disposition.RECORDED, "a scheduled report", notices=notices)
    queue_letters(desk, tx, plan, None, occasion, policy, prepared.files)
    return len(notices)


def _key(copy: Copy) -> tuple[str, str]:
    return copy.of.name, copy.whose


def _due(wanted: list[Copy], issued: Issued, now: datetime) -> Iterator[tuple[Copy, date]]:
    for copy in wanted:
        day = copy.of.schedule.newest(now, copy.zone)
        last = issued.get(_key(copy))
        if day is not None and _key(copy) in issued and (last is None or last < day):
            yield copy, day


def _begin(desk: Desk, new: list[Copy], now: datetime) -> None:
    if not new:
        return
    with desk.store.writing() as tx:
        for copy in new:
            issues.begin(tx, copy.of.name, copy.whose, copy.of.schedule.newest(now, copy.zone), now)


def _issue(desk: Desk, copy: Copy, day: date) -> bool:
    """Make one copy; False where somebody else did, or it has to wait."""
    with log.about(report=copy.of.name, whose=copy.whose):
        try:
            prepared = _prepare_alone(desk, copy, day)
            letters = prepared and despite_races(lambda: _in_one_transaction(desk, copy, day, prepared))
        except StoreBusy as busy:
            _log.warning("issue.postponed", why=str(busy))
            return False
        except StoreUnusable:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours in one report must not keep the others back
            kind = type(error).__name__
            _log.error("issue.broken", error=kind, exception=log.frames(error))
            _pass_over(desk, copy, day, kind)
            return False
        if letters is None:
            return False
        if letters:
            desk.letters_waiting()
        _log.info("issue.done", period=day.isoformat(), letters=letters)
        return True


def _prepare_alone(desk: Desk, copy: Copy, day: date) -> Prepared | None:
    """Prepare a copy; None where another host is at it, or was: counting takes a while."""
    report, whose = _key(copy)
    with desk.store.reading() as tx:
        if is_free(tx, f"report {report} {whose}") and issues.is_open(tx, report, whose, day):
            return _prepared(desk, tx, copy, day)
    return None


def _prepared(desk: Desk, tx: Transaction, copy: Copy, day: date) -> Prepared:
    policy, now = desk.policy(), desk.clock()
    if copy.of.content is Content.DIGEST:
        return _digest(tx, copy, policy, now)
    return _report(desk, tx, copy, day, now)


def _in_one_transaction(desk: Desk, copy: Copy, day: date, prepared: Prepared) -> int | None:
    """Queue the letters, how many is returned; None where the period was taken before."""
    with desk.store.writing() as tx:
        if not issues.take(tx, copy.of.name, copy.whose, day, desk.clock()):
            return None
        return send(desk, tx, prepared, f"report-{copy.of.name}-{copy.whose}-{day.isoformat()}")


def _pass_over(desk: Desk, copy: Copy, day: date, kind: str) -> None:
    """Leave out a report that cannot be made, and tell the admin once of it."""
    with desk.store.writing() as tx:
        if not issues.take(tx, copy.of.name, copy.whose, day, desk.clock()):
            return
    title = f"The report {copy.of.name} {copy.whose}".rstrip() + " cannot be made"
    lines = (f"{kind}: the log tells more (issue.broken).", f"Try it with `mailgateway report --name {copy.of.name}`.")
    watch.tell(desk, title, lines, f"not-issued-{copy.of.name}-{copy.whose}-{day.isoformat()}")


def _report(desk: Desk, tx: Transaction, copy: Copy, day: date, now: datetime) -> Prepared:
    of, policy = copy.of, desk.policy()
    first, last = of.schedule.covers(day)
    made = make_report(tx, Period(first, last, copy.zone), _scope(copy), policy, now)
    is_customers = of.about is About.ORGANISATIONS
    if is_customers:
        made = made.for_customer()
    enclosed = enclose(desk, tx, made, copy.language, of.attach, for_customer=is_customers)
    values = {**enclosed.values, "reveals": Reveals(copy.whose, made.inside)} if is_customers else enclosed.values
    return Prepared(copy_notices(copy, values, policy, enclosed.article(policy, now)), enclosed.files)


def _scope(copy: Copy) -> Scope:
    match copy.of.about:
        case About.GROUPS:
            return Scope(group=copy.whose)
        case About.ORGANISATIONS:
            return Scope(organisation=copy.whose)
        case _:
            return Scope()


def _digest(tx: Transaction, copy: Copy, policy: Policy, now: datetime) -> Prepared:
    is_agents = copy.of.about is About.AGENTS
    parts = (digest_rows.agent_parts if is_agents else digest_rows.group_parts)(tx, copy.whose, now)
    digest = Digest("" if is_agents else copy.display, now, parts)
    if digest.is_empty:
        return Prepared()
    numbers = tuple(one.number for part in parts for one in part.tickets) if is_agents else ()
    values = {"overview": digest, "addresses": ticket_addresses(copy.whose, numbers, policy)}
    return Prepared(copy_notices(copy, values, policy))
