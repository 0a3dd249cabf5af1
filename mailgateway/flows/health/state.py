"""How the gateway is, in one look: for people, for monitoring, over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway.desk.as_json import instant
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.letters.route import Route
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.major import Major
from mailgateway.flows.health.beats import API, SCAN, SEND, calling, fetching, primary, sending, settling
from mailgateway.flows.privacy.kept import KindKept, kept_object, read_kept
from mailgateway.flows.sheets import major_object
from mailgateway.store import health
from mailgateway.store.engine import Transaction
from mailgateway.store.figures import Figures, figures
from mailgateway.store.health import Alarm, Beat
from mailgateway.store.hosts.names import is_process_of
from mailgateway.store.hosts.present import Host, present
from mailgateway.store.outgoing import calls, outbox
from mailgateway.store.outgoing.queue import UNSENT
from mailgateway.store.service.clocks import DueClocks, due_clocks
from mailgateway.store.service.majors import open_majors

_SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class State:
    """What comes in, what goes out, what waits for a person, at the moment `now`."""

    now: datetime
    mailboxes: Sequence[str]
    beats: Mapping[str, Beat]
    alarms: Sequence[Alarm]
    figures: Figures
    oldest_due_at: datetime | None
    routes: Sequence[Route]
    clocks: DueClocks
    webhooks: Mapping[str, Mapping[DeliveryState, int]]
    has_api: bool
    is_scanned: bool = False
    majors: Sequence[Major] = ()
    retention: Sequence[KindKept] = ()
    hosts: Sequence[Host] = ()
    by_host: Sequence[Beat] = ()

    def failing(self, host: Host) -> tuple[Beat, ...]:
        """Return what fails on a host, whether or not another one makes up for it."""
        return tuple(beat for beat in self.by_host if beat.error and is_process_of(host.name, beat.host))

    def is_made_up_for(self, beat: Beat) -> bool:
        """Tell whether another host does well what fails on one."""
        return not self.beats[beat.name].error

    def reader(self, mailbox: str) -> str:
        """Return the host that reads a mailbox, "" where none does, or where there is only one."""
        return next((host.name for host in self.hosts if mailbox in host.mailboxes), "")

    def outage(self, route: Route) -> str:
        """Return why letters of a route go by its fall-back, "" where they do not."""
        beat = self.beats.get(primary(route.mailbox))
        return beat.error if route.fallback and beat is not None else ""

    def unsettled(self, mailbox: str) -> str:
        """Return why mails of a mailbox are filed and cannot be moved or marked on their server, "" where they can."""
        beat = self.beats.get(settling(mailbox))
        return beat.error if beat is not None else ""

    @property
    def last_sign_of_life(self) -> datetime | None:
        """When a daemon, or `run --once`, last tried anything; None where none ever did."""
        return max((beat.attempt_at for beat in self.beats.values()), default=None)

    def is_silent(self, patience: timedelta) -> bool:
        """Tell whether a daemon ran once, and nothing did its work for so long: nobody is left who raises an alarm."""
        last = self.last_sign_of_life
        return last is not None and not self.hosts and self.now - last >= patience

    @property
    def quarantined(self) -> int:
        """How many mails are in quarantine."""
        return sum(self.figures.quarantined.values())


def read_state(tx: Transaction, policy: Policy, now: datetime, *, has_api: bool) -> State:
    """Look at all of it."""
    names = [webhook.name for webhook in policy.webhooks]
    return State(
        now=now,
        mailboxes=[mailbox.name for mailbox in policy.mailboxes],
        beats=health.beats(tx),
        alarms=tuple(health.raised(tx).values()),
        figures=figures(tx),
        oldest_due_at=outbox.oldest_due(tx, now),
        routes=policy.routes,
        clocks=due_clocks(tx, now, _SOON),
        webhooks={**{name: dict.fromkeys(UNSENT, 0) for name in names}, **calls.backlog(tx)},
        has_api=has_api,
        is_scanned=policy.files.is_scanned,
        majors=open_majors(tx, now),
        retention=read_kept(tx, policy.retention, now),
        hosts=present(tx, [mailbox.name for mailbox in policy.mailboxes]),
        by_host=health.beats_of_hosts(tx),
    )


def state_object(state: State) -> dict[str, object]:
    """Return the object of `status --json`."""
    return {
        "at": instant(state.now),
        "last_sign_of_life_at": instant(state.last_sign_of_life),
        "mailboxes": [_mailbox(state, name) for name in state.mailboxes],
        "hosts": [_host(state, host) for host in state.hosts],
        "outbox": {
            **{letters.value: count for letters, count in state.figures.letters.items()},
            "oldest_due_at": instant(state.oldest_due_at),
            **_beat(state, SEND),
            "servers": [_server(state, route) for route in state.routes],
        },
        "webhooks": [_webhook(state, name) for name in state.webhooks],
        "api": _beat(state, API) if state.has_api else None,
        "virus_scanner": _beat(state, SCAN) if state.is_scanned else None,
        "quarantine": state.quarantined,
        "clocks": {
            "breached": state.clocks.breached,
            "due_within_an_hour": state.clocks.soon,
            "next_due_at": instant(state.clocks.next_at),
        },
        "major_incidents": [{**major_object(one), "subject": one.subject} for one in state.majors],
        "retention": [kept_object(one) for one in state.retention],
        "alarms": [{"name": one.name, "text": one.text, "raised_at": instant(one.raised_at)} for one in state.alarms],
    }


def _host(state: State, host: Host) -> dict[str, object]:
    failing = [{"part": beat.name, **_told(beat)} for beat in state.failing(host)]
    return {"name": host.name, "mailboxes": list(host.mailboxes), "failing": failing}


def _server(state: State, route: Route) -> dict[str, object]:
    return {
        "mailbox": route.mailbox or None,
        "server": route.server,
        **_beat(state, sending(route.mailbox)),
        "fallback": route.fallback or None,
        "on_fallback_because": state.outage(route) or None,
    }


def _webhook(state: State, name: str) -> dict[str, object]:
    counts = {waiting.value: count for waiting, count in state.webhooks[name].items()}
    return {"name": name, **counts, **_beat(state, calling(name))}


def _mailbox(state: State, name: str) -> dict[str, object]:
    beat = state.beats.get(fetching(name))
    lag = round((state.now - beat.good_at).total_seconds()) if beat and beat.good_at else None
    return {
        "name": name,
        **_beat(state, fetching(name)),
        "lag_seconds": lag,
        "read_by": state.reader(name) or None,
        "not_settled_because": state.unsettled(name) or None,
        "waiting": state.figures.waiting.get(name, 0),
        "quarantined": state.figures.quarantined.get(name, 0),
    }


def _beat(state: State, name: str) -> dict[str, object]:
    return _told(state.beats.get(name))


def _told(beat: Beat | None) -> dict[str, object]:
    return {
        "last_good_at": instant(beat.good_at) if beat else None,
        "last_attempt_at": instant(beat.attempt_at) if beat else None,
        "error": beat.error or None if beat else None,
    }
