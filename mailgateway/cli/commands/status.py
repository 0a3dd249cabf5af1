"""`mailgateway status`: does mail come in, does it go out, what waits for a person."""

from datetime import timedelta

import typer

from mailgateway import clock
from mailgateway.cli.apps import single
from mailgateway.cli.lines import say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.tables import Column, moment, show_table, span
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.letters.route import Route
from mailgateway.flows.health.beats import API, SCAN, calling, fetching, sending
from mailgateway.flows.health.state import State, read_state, state_object

app = single()

_COLUMNS = (
    Column("Mailbox", 16),
    Column("Last good fetch", 16),
    Column("Ago", 6, is_number=True),
    Column("Waiting", 7, is_number=True),
    Column("Quarantined", 11, is_number=True),
    Column("Last error", 0),
)


@app.command()
def status(ctx: typer.Context, *, as_object: AsJson = False) -> None:
    """Show whether mail comes in and goes out. Leaves with 1 while an alarm stands, or no daemon is at work."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        patience = gateway.settings.alarms.fetch_after
        state = read_state(tx, gateway.policy, clock.now(), has_api=gateway.settings.api is not None)
    if as_object:
        say_json(state_object(state))
    else:
        _show(state, patience)
    if state.alarms or state.is_silent(patience):
        raise typer.Exit(1)


def _show(state: State, patience: timedelta) -> None:
    _show_mailboxes(state)
    say()
    alive = state.last_sign_of_life
    silent = ": is it running?" if state.is_silent(patience) else ""
    say(f"Daemon      {f'last sign of life {span(state.now - alive)} ago{silent}' if alive else 'never ran'}")
    _show_hosts(state)
    letters = state.figures.letters
    counts = f"{letters[DeliveryState.QUEUED]} queued, {letters[DeliveryState.SENDING]} being sent"
    due = f"; longest due since {moment(state.oldest_due_at)}" if state.oldest_due_at else ""
    say(f"Outbox      {counts}, {letters[DeliveryState.FAILED]} failed{due}")
    for route in state.routes:
        _show_route(state, route)
    for name, calls_ in state.webhooks.items():
        counts = f"{calls_[DeliveryState.QUEUED]} queued, {calls_[DeliveryState.FAILED]} failed"
        beat = state.beats.get(calling(name))
        error = f"; last error, {moment(beat.attempt_at)}: {beat.error}" if beat and beat.error else ""
        say(f"Webhook     {name}: {counts}{error}")
    if state.has_api:
        beat = state.beats.get(API)
        since = f"listens since {moment(beat.good_at)}" if beat and beat.good_at else "did not listen yet"
        say(f"API         {f'{moment(beat.attempt_at)}: {beat.error}' if beat and beat.error else since}")
    _show_scanner(state)
    say(f"Quarantine  {state.quarantined}")
    say(f"Promises    {state.clocks.breached} broken, {state.clocks.soon} due within an hour")
    for number, major in enumerate(state.majors):
        say(f"{'' if number else 'Down':<12}#{major.problem} since {moment(major.since)}: {major.text_in('')}")
    for number, kept in enumerate(state.retention):
        done = f"all done {moment(kept.done_at)}" if kept.done_at else "not done yet"
        told = f"{kept.kind.value} of tickets closed before {kept.before:%Y-%m-%d}: {kept.removed} removed, {done}"
        say(f"{'' if number else 'Retention':<12}{told}")
    say(f"Alarms      {len(state.alarms) or 'none'}")
    for alarm in state.alarms:
        say(f"            since {moment(alarm.raised_at)}: {alarm.text}")


def _show_mailboxes(state: State) -> None:
    show_table(_COLUMNS, (_row(state, name) for name in state.mailboxes), "There are no mailboxes.")
    for name in state.mailboxes:
        if why := state.unsettled(name):
            say(f"{name}: mails are filed, and cannot be moved or marked on their server: {why}")


def _show_hosts(state: State) -> None:
    """Show who shares the work; what fails on a host is told here where it is nowhere else, as another host does it."""
    for number, host in enumerate(state.hosts):
        read = f"reads {', '.join(host.mailboxes)}" if host.mailboxes else "waits for mailboxes, sends and keeps time"
        say(f"{'' if number else 'Hosts':<12}{host.name}: {read}")
        for beat in filter(state.is_made_up_for, state.failing(host)):
            failing = f"{beat.name} fails here, other hosts do it"
            say(f"{'':<14}{failing}; last error, {moment(beat.attempt_at)}: {beat.error}")


def _show_scanner(state: State) -> None:
    if state.is_scanned:
        beat = state.beats.get(SCAN)
        told = f"last scan {moment(beat.good_at)}" if beat and beat.good_at else "nothing scanned yet"
        why = f"; mails wait, {moment(beat.attempt_at)}: {beat.error}" if beat and beat.error else ""
        say(f"Viruses     {told}{why}")


def _show_route(state: State, route: Route) -> None:
    """Show what is wrong with a server that letters leave by."""
    of = f"mailbox {route.mailbox}: " if route.mailbox else ""
    beat = state.beats.get(sending(route.mailbox))
    if beat and beat.error:
        say(f"            {of}last error, {moment(beat.attempt_at)}: {beat.error}")
    if why := state.outage(route):
        say(f"            {of}by the fall-back {route.fallback}, as {route.server} is out: {why}")


def _row(state: State, name: str) -> tuple[object, ...]:
    beat = state.beats.get(fetching(name))
    good_at = beat.good_at if beat else None
    return (
        name,
        moment(good_at) or "never",
        span(state.now - good_at) if good_at else "",
        state.figures.waiting.get(name, 0),
        state.figures.quarantined.get(name, 0),
        beat.error if beat else "",
    )
