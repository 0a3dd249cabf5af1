"""`mailgateway status`: does mail come in, does it go out, what waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import typer

from mailgateway import clock
from mailgateway.cli.apps import single
from mailgateway.cli.lines import say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.options import AsJson
from mailgateway.cli.tables import Column, moment, show_table, span
from mailgateway.desk.as_json import instant
from mailgateway.desk.delivery import DeliveryState
from mailgateway.store import calls, health, outbox
from mailgateway.store.clocks import DueClocks, due_clocks
from mailgateway.store.engine import Transaction
from mailgateway.store.figures import Figures, figures
from mailgateway.store.health import Alarm, Beat
from mailgateway.store.queue import UNSENT

app = single()

_SOON = timedelta(hours=1)

_COLUMNS = (
    Column("Mailbox", 16),
    Column("Last good fetch", 16),
    Column("Ago", 6, is_number=True),
    Column("Waiting", 7, is_number=True),
    Column("Quarantined", 11, is_number=True),
    Column("Last error", 0),
)


@dataclass(frozen=True, slots=True)
class _State:
    now: datetime
    mailboxes: Sequence[str]
    beats: dict[str, Beat]
    alarms: Sequence[Alarm]
    figures: Figures
    oldest_due_at: datetime | None
    clocks: DueClocks
    webhooks: Mapping[str, Mapping[DeliveryState, int]]

    @property
    def quarantined(self) -> int:
        return sum(self.figures.quarantined.values())


@app.command()
def status(ctx: typer.Context, *, as_object: AsJson = False) -> None:
    """Show whether mail comes in and goes out. Leaves with 1 while an alarm stands."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        names = [mailbox.name for mailbox in gateway.policy.mailboxes]
        state = _state(tx, names, [webhook.name for webhook in gateway.policy.webhooks], clock.now())
    if as_object:
        say_json(_as_json(state))
    else:
        _show(state)
    if state.alarms:
        raise typer.Exit(1)


def _state(tx: Transaction, mailboxes: Sequence[str], webhooks: Sequence[str], now: datetime) -> _State:
    return _State(
        now=now,
        mailboxes=mailboxes,
        beats=health.beats(tx),
        alarms=tuple(health.raised(tx).values()),
        figures=figures(tx),
        oldest_due_at=outbox.oldest_due(tx, now),
        clocks=due_clocks(tx, now, _SOON),
        webhooks={**{name: dict.fromkeys(UNSENT, 0) for name in webhooks}, **calls.backlog(tx)},
    )


def _as_json(state: _State) -> dict[str, object]:
    return {
        "at": instant(state.now),
        "mailboxes": [_mailbox(state, name) for name in state.mailboxes],
        "outbox": {
            **{letters.value: count for letters, count in state.figures.letters.items()},
            "oldest_due_at": instant(state.oldest_due_at),
            **_beat(state, "send"),
        },
        "webhooks": [_webhook(state, name) for name in state.webhooks],
        "quarantine": state.quarantined,
        "clocks": {
            "breached": state.clocks.breached,
            "due_within_an_hour": state.clocks.soon,
            "next_due_at": instant(state.clocks.next_at),
        },
        "alarms": [{"name": one.name, "text": one.text, "raised_at": instant(one.raised_at)} for one in state.alarms],
    }


def _webhook(state: _State, name: str) -> dict[str, object]:
    counts = {waiting.value: count for waiting, count in state.webhooks[name].items()}
    return {"name": name, **counts, **_beat(state, f"call:{name}")}


def _mailbox(state: _State, name: str) -> dict[str, object]:
    beat = state.beats.get(f"fetch:{name}")
    lag = round((state.now - beat.good_at).total_seconds()) if beat and beat.good_at else None
    return {
        "name": name,
        **_beat(state, f"fetch:{name}"),
        "lag_seconds": lag,
        "waiting": state.figures.waiting.get(name, 0),
        "quarantined": state.figures.quarantined.get(name, 0),
    }


def _beat(state: _State, name: str) -> dict[str, object]:
    beat = state.beats.get(name)
    return {
        "last_good_at": instant(beat.good_at) if beat else None,
        "last_attempt_at": instant(beat.attempt_at) if beat else None,
        "error": beat.error or None if beat else None,
    }


def _show(state: _State) -> None:
    show_table(_COLUMNS, (_row(state, name) for name in state.mailboxes), "There are no mailboxes.")
    say()
    letters = state.figures.letters
    counts = f"{letters[DeliveryState.QUEUED]} queued, {letters[DeliveryState.SENDING]} being sent"
    due = f"; longest due since {moment(state.oldest_due_at)}" if state.oldest_due_at else ""
    say(f"Outbox      {counts}, {letters[DeliveryState.FAILED]} failed{due}")
    beat = state.beats.get("send")
    if beat and beat.error:
        say(f"            last error, {moment(beat.attempt_at)}: {beat.error}")
    for name, calls_ in state.webhooks.items():
        counts = f"{calls_[DeliveryState.QUEUED]} queued, {calls_[DeliveryState.FAILED]} failed"
        beat = state.beats.get(f"call:{name}")
        error = f"; last error, {moment(beat.attempt_at)}: {beat.error}" if beat and beat.error else ""
        say(f"Webhook     {name}: {counts}{error}")
    say(f"Quarantine  {state.quarantined}")
    say(f"Promises    {state.clocks.breached} broken, {state.clocks.soon} due within an hour")
    say(f"Alarms      {len(state.alarms) or 'none'}")
    for alarm in state.alarms:
        say(f"            since {moment(alarm.raised_at)}: {alarm.text}")


def _row(state: _State, name: str) -> tuple[object, ...]:
    beat = state.beats.get(f"fetch:{name}")
    good_at = beat.good_at if beat else None
    return (
        name,
        moment(good_at) or "never",
        span(state.now - good_at) if good_at else "",
        state.figures.waiting.get(name, 0),
        state.figures.quarantined.get(name, 0),
        beat.error if beat else "",
    )
