"""Alarms for the admin: mail that no longer comes in or goes out. Each is told once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway import log
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.route import Route
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import SCAN, fetching, primary, sending, settling
from mailgateway.flows.quarantine import tell_admin
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.flows.sending.stopped import ALARM as LOOP
from mailgateway.flows.timed.refusals import tell_workers
from mailgateway.store import health
from mailgateway.store.engine import Transaction
from mailgateway.store.health import Alarm, Beat
from mailgateway.store.incoming.delayed import delayed_since
from mailgateway.store.outgoing import calls, outbox, pace

_MOST_LINES = 50
_MORE_THAN_ONE = 2
_QUIET_AFTER = timedelta(hours=1)
_UNFILED = "file"

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


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail to the admin; one for each occasion."""

    title: str
    lines: tuple[str, ...]
    occasion: str


def watch(desk: Desk, mailboxes: Sequence[str], thresholds: Thresholds, since: datetime) -> None:
    """Raise and clear the alarms, and tell of what was set aside or failed. `since` is when this daemon started."""
    with desk.store.writing() as tx:
        now = desk.clock()
        troubles = _troubles(tx, mailboxes, desk.policy(), thresholds, since, now)
        mails = [*_alarms(tx, troubles, now)]
        mails += [*_failed(desk, tx, now), *_uncalled(tx, now)]
        health.forget_beats(tx, now)
        for mail in mails:
            _queue(desk, tx, mail, now)
        told = tell_admin(desk, tx, now)
    if mails or told:
        desk.letters_waiting()


def fetching_since(desk: Desk, mailboxes: Iterable[str]) -> datetime:
    """Return what single rounds count silence from, as no daemon started: a fetch that was good, or else now."""
    with desk.store.reading() as tx:
        beats = health.beats(tx)
    found = [beats.get(fetching(mailbox)) for mailbox in mailboxes]
    return min((beat.good_at for beat in found if beat and beat.good_at), default=desk.clock())


def tell(desk: Desk, title: str, lines: Sequence[str], occasion: str) -> None:
    """Send the admin one mail about something that happened; the same occasion is told once."""
    with desk.store.writing() as tx:
        _queue(desk, tx, _Mail(title, tuple(lines), occasion), desk.clock())
    desk.letters_waiting()


def _troubles(
    tx: Transaction,
    mailboxes: Sequence[str],
    policy: Policy,
    thresholds: Thresholds,
    since: datetime,
    now: datetime,
) -> Iterator[Trouble]:
    beats, raised = health.beats(tx), health.raised(tx)
    for mailbox in mailboxes:
        counted = _counted(raised.get(fetching(mailbox)), thresholds, since)
        yield from _silent(beats.get(fetching(mailbox)), mailbox, thresholds, counted, now)
        yield from _unsettled(beats.get(settling(mailbox)), mailbox, thresholds, now)
    delayed = delayed_since(tx)
    if policy.files.is_scanned:
        counted = _counted(raised.get(SCAN), thresholds, since)
        yield from _unscanned(beats.get(SCAN), delayed, thresholds, counted, now)
    if not (policy.files.is_scanned and _has_error(beats.get(SCAN))):
        counted = _counted(raised.get(_UNFILED), thresholds, since)
        yield from _unfiled(delayed, thresholds, counted, now)
    for route in policy.routes:
        beat = beats.get(sending(route.mailbox))
        stuck = tuple(_stuck(route, beat, outbox.oldest_due(tx, now, route), thresholds, now))
        yield from stuck or _put_off(route, beat, pace.put_off(tx, route), thresholds, now)
        yield from _on_fallback(route, beats.get(primary(route.mailbox)), thresholds, now)
    yield from _loops(raised, now)


def _counted(alarm: Alarm | None, thresholds: Thresholds, since: datetime) -> datetime:
    """Return since when silence counts: a daemon that started a moment ago takes back no alarm of before."""
    return since if alarm is None else min(since, alarm.raised_at - thresholds.fetch_after)


def _silent(
    beat: Beat | None, mailbox: str, thresholds: Thresholds, since: datetime, now: datetime
) -> Iterator[Trouble]:
    good = max(beat.good_at if beat and beat.good_at else since, since)
    if now - good >= thresholds.fetch_after:
        title = f"No mail fetched from mailbox {mailbox} for {_minutes(now - good)} minutes"
        yield Trouble(fetching(mailbox), title, (f"Last good fetch: {_moment(good)}", _last_error(beat)))


def _unsettled(beat: Beat | None, mailbox: str, thresholds: Thresholds, now: datetime) -> Iterator[Trouble]:
    if beat and beat.error and (beat.good_at is None or now - beat.good_at >= thresholds.fetch_after):
        title = f"Mails of mailbox {mailbox} are filed, and cannot be moved or marked on their server"
        yield Trouble(settling(mailbox), title, (_last_error(beat),))


def _unscanned(
    beat: Beat | None, delayed: datetime | None, thresholds: Thresholds, since: datetime, now: datetime
) -> Iterator[Trouble]:
    """Tell of mails that wait, for as long as they do: after a quiet night the last good scan is long ago."""
    if beat is None or not beat.error or delayed is None:
        return
    waiting = now - max(delayed, since, beat.good_at or since)
    if waiting >= thresholds.fetch_after:
        title = f"Mails wait to be scanned for viruses for {_minutes(waiting)} minutes: none becomes a ticket"
        yield Trouble(SCAN, title, (_last_error(beat),))


def _has_error(beat: Beat | None) -> bool:
    return beat is not None and bool(beat.error)


def _unfiled(delayed: datetime | None, thresholds: Thresholds, since: datetime, now: datetime) -> Iterator[Trouble]:
    """Tell of mails that were put off again and again, as where their bytes cannot be read."""
    if delayed is None:
        return
    waiting = now - max(delayed, since)
    if waiting >= thresholds.fetch_after:
        title = f"Mails are accepted and cannot be filed for {_minutes(waiting)} minutes"
        yield Trouble(_UNFILED, title, ("The log tells why (ingest.postponed). They are tried again all the time.",))


def _stuck(
    route: Route, beat: Beat | None, due: datetime | None, thresholds: Thresholds, now: datetime
) -> Iterator[Trouble]:
    if due is None:
        return
    silent = now - max(due, beat.good_at if beat and beat.good_at else due)
    if silent >= thresholds.send_after:
        title = f"No letter{_of(route)} could be sent for {_minutes(silent)} minutes"
        lines = (f"A letter is due since: {_moment(due)}", f"Server: {route.server}", _last_error(beat))
        yield Trouble(sending(route.mailbox), title, lines)


def _loops(raised: Mapping[str, Alarm], now: datetime) -> Iterator[Trouble]:
    """Keep up the alarms about automatic mail that was stopped, until none was for an hour; others raised them."""
    for name, alarm in raised.items():
        if name.startswith(LOOP) and now - alarm.raised_at < _QUIET_AFTER:
            yield Trouble(name, alarm.text, ())


def _put_off(
    route: Route, beat: Beat | None, waiting: pace.PutOff | None, thresholds: Thresholds, now: datetime
) -> Iterator[Trouble]:
    """Tell of a server that says "later" to all: to letters for one domain alone, another server may say so."""
    if waiting is None or waiting.domains < _MORE_THAN_ONE:
        return
    silent = now - max(waiting.since, beat.good_at if beat and beat.good_at else waiting.since)
    if silent >= thresholds.send_after:
        title = f'The server answers "later" to every letter{_of(route)} since {_minutes(silent)} minutes'
        since = f"The first of them waits since: {_moment(waiting.since)}"
        yield Trouble(sending(route.mailbox), title, (since, f"Server: {route.server}", _last_error(beat)))


def _on_fallback(route: Route, beat: Beat | None, thresholds: Thresholds, now: datetime) -> Iterator[Trouble]:
    """Tell that letters leave, though not by the server that they should leave by."""
    if not route.fallback or beat is None or not beat.error:
        return
    if beat.good_at is None or now - beat.good_at >= thresholds.send_after:
        title = f"Letters{_of(route)} go by the fall-back {route.fallback}: {route.server} is out"
        since = f"It last worked: {_moment(beat.good_at)}" if beat.good_at else "It has not worked yet."
        yield Trouble(primary(route.mailbox), title, (since, _last_error(beat)))


def _of(route: Route) -> str:
    return f" of mailbox {route.mailbox}" if route.mailbox else ""


def _alarms(tx: Transaction, troubles: Iterable[Trouble], now: datetime) -> Iterator[_Mail]:
    raised = health.raised(tx)
    present = {trouble.name: trouble for trouble in troubles}
    for name, trouble in present.items():
        if name not in raised and health.raise_alarm(tx, name, trouble.title, now):
            _log.error("watch.alarm", name=name, title=trouble.title)
            yield _Mail(trouble.title, trouble.lines, f"alarm-{name}-{now.isoformat()}")
    for name in sorted(raised.keys() - present.keys()):
        if health.clear_alarm(tx, name):
            _log.info("watch.recovered", name=name)
            lines = (f"Since {_moment(now)}.",)
            yield _Mail(f"Well again: {raised[name].text}", lines, f"recovery-{name}-{now.isoformat()}")


def _failed(desk: Desk, tx: Transaction, now: datetime) -> Iterator[_Mail]:
    failures = {line.id: line for line in outbox.untold_failures(tx)}
    ours = [failures[one] for one in sorted(outbox.told(tx, list(failures), now), reverse=True)] if failures else []
    if ours:
        lines = [f"{line.id}  ticket {line.ticket}  to {line.to}: {line.last_error}" for line in ours]
        title = f"{len(ours)} letter{'s' if len(ours) > 1 else ''} could not be delivered"
        hint = "Try again with `mailgateway outbox retry ID`."
        tell_workers(desk, tx, ours, now)
        yield _Mail(title, (*_most(lines), hint), f"failed-{ours[0].id}-{now.isoformat()}")


def _uncalled(tx: Transaction, now: datetime) -> Iterator[_Mail]:
    failures = {line.id: line for line in calls.untold_failures(tx)}
    ours = [failures[one] for one in sorted(calls.told(tx, list(failures), now), reverse=True)] if failures else []
    if ours:
        lines = [f"{one.id}  {one.webhook}  {one.what}, ticket {one.ticket}: {one.answer}" for one in ours]
        title = f"{len(ours)} call{'s' if len(ours) > 1 else ''} of webhooks did not get through"
        hint = "Try again with `mailgateway webhooks retry ID`."
        yield _Mail(title, (*_most(lines), hint), f"uncalled-{ours[0].id}-{now.isoformat()}")


def _queue(desk: Desk, tx: Transaction, mail: _Mail, now: datetime) -> None:
    policy = desk.policy()
    notice = notices.alarm(mail.title, mail.lines, policy)
    plan = Plan(now, "watch", Disposition.RECORDED, mail.title, notices=(notice,))
    queue_letters(desk, tx, plan, None, mail.occasion, policy)


def _most(lines: Sequence[str]) -> tuple[str, ...]:
    more = (f"… and {len(lines) - _MOST_LINES} more",) if len(lines) > _MOST_LINES else ()
    return (*lines[:_MOST_LINES], *more)


def _last_error(beat: Beat | None) -> str:
    return f"Last error: {(beat and beat.error) or 'none'}"


def _minutes(silence: timedelta) -> int:
    return int(silence / timedelta(minutes=1))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
