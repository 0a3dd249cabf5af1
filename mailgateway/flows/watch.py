"""Alarms for the admin: mail that no longer comes in or goes out, and what was set aside. Each is told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.desk import notices
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.flows.desk import Desk
from mailgateway.flows.letters import queue_letters
from mailgateway.store import health, outbox, quarantine
from mailgateway.store.engine import Transaction

_MOST_LINES = 50

_log = log.logger("watch")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How long nothing may be fetched from a mailbox, and a letter may wait that is due, before the admin is told."""

    fetch_after: timedelta
    send_after: timedelta


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is not as it should be now; `name` tells it from others."""

    name: str
    title: str
    lines: tuple[str, ...]


def watch(desk: Desk, mailboxes: Sequence[str], thresholds: Thresholds, since: datetime) -> None:
    """Raise and clear the alarms, and tell of mails and letters set aside. `since` is when this daemon started."""
    with desk.store.writing() as tx:
        now = desk.clock()
        troubles = [*_silent_mailboxes(tx, mailboxes, thresholds, since, now), *_stuck_outbox(tx, thresholds, now)]
        _tell_alarms(desk, tx, troubles, now)
        _tell_quarantined(desk, tx, now)
        _tell_failed(desk, tx, now)


def tell(desk: Desk, title: str, lines: Sequence[str], occasion: str) -> None:
    """Send the admin one mail about something that happened; the same occasion is told once."""
    with desk.store.writing() as tx:
        _mail(desk, tx, title, lines, occasion, desk.clock())


def _silent_mailboxes(
    tx: Transaction, mailboxes: Sequence[str], thresholds: Thresholds, since: datetime, now: datetime
) -> list[Trouble]:
    beats = health.beats(tx)
    troubles = []
    for mailbox in mailboxes:
        beat = beats.get(f"fetch:{mailbox}")
        good = max(beat.good_at if beat and beat.good_at else since, since)
        if now - good >= thresholds.fetch_after:
            minutes = int((now - good).total_seconds() // 60)
            lines = (f"Last good fetch: {good:%Y-%m-%d %H:%M} UTC", f"Last error: {beat.error if beat else 'none'}")
            title = f"No mail fetched from mailbox {mailbox} for {minutes} minutes"
            troubles.append(Trouble(f"fetch:{mailbox}", title, lines))
    return troubles


def _stuck_outbox(tx: Transaction, thresholds: Thresholds, now: datetime) -> list[Trouble]:
    oldest = outbox.waiting_since(tx, now)
    beat = health.beats(tx).get("send")
    silent_since = max(oldest, beat.good_at) if oldest and beat and beat.good_at else oldest
    if oldest is None or silent_since is None or now - silent_since < thresholds.send_after:
        return []
    minutes = int((now - silent_since).total_seconds() // 60)
    lines = (f"Oldest letter waits since: {oldest:%Y-%m-%d %H:%M} UTC", f"Last error: {beat.error if beat else 'none'}")
    return [Trouble("send", f"No letter could be sent for {minutes} minutes", lines)]


def _tell_alarms(desk: Desk, tx: Transaction, troubles: Sequence[Trouble], now: datetime) -> None:
    raised = health.raised(tx)
    for trouble in troubles:
        if trouble.name not in raised and health.raise_alarm(tx, trouble.name, trouble.title, now):
            _log.error("watch.alarm", name=trouble.name, title=trouble.title)
            _mail(desk, tx, trouble.title, trouble.lines, f"alarm-{trouble.name}-{now.isoformat()}", now)
    for name in raised.keys() - {trouble.name for trouble in troubles}:
        if health.clear_alarm(tx, name, now):
            title = f"Well again: {raised[name].text}"
            _log.info("watch.recovered", name=name)
            _mail(desk, tx, title, (f"Since {now:%Y-%m-%d %H:%M} UTC.",), f"recovery-{name}-{now.isoformat()}", now)


def _tell_quarantined(desk: Desk, tx: Transaction, now: datetime) -> None:
    entries = quarantine.untold(tx)
    if not entries:
        return
    lines = [f"{entry.id}  {entry.mailbox}  {entry.sender}  {entry.subject!r}: {entry.error}" for entry in entries]
    title = f"{len(entries)} mail{'s' if len(entries) > 1 else ''} set aside in quarantine"
    hint = "Look at one with `mailgateway quarantine show ID`; file it with `mailgateway quarantine replay ID`."
    _mail(desk, tx, title, (*lines[:_MOST_LINES], hint), f"quarantined-{entries[0].id}-{now.isoformat()}", now)
    quarantine.told(tx, [entry.id for entry in entries], now)


def _tell_failed(desk: Desk, tx: Transaction, now: datetime) -> None:
    failures = outbox.untold_failures(tx)
    if not failures:
        return
    lines = [f"{line.id}  ticket {line.ticket}  to {line.to}: {line.last_error}" for line in failures]
    title = f"{len(failures)} letter{'s' if len(failures) > 1 else ''} could not be delivered"
    hint = "Try again with `mailgateway outbox retry ID`."
    _mail(desk, tx, title, (*lines[:_MOST_LINES], hint), f"failed-{failures[0].id}-{now.isoformat()}", now)
    outbox.told(tx, [line.id for line in failures], now)


def _mail(desk: Desk, tx: Transaction, title: str, lines: Sequence[str], occasion: str, now: datetime) -> None:
    policy = desk.policy()
    notice = notices.alarm(title, lines, policy)
    plan = Plan(now, "watch", Disposition.RECORDED, title, notices=(notice,))
    queue_letters(desk, tx, plan, None, occasion, policy)
    desk.letters_waiting()
