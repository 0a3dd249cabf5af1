"""A desk without a mailbox of its own, at a clock that a test sets; mails are put into its spool, or fetched."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from mailgateway.accounts.server import Server, Tls
from mailgateway.app import open_gateway
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.first_run import SERVE_ALL, FirstRun
from mailgateway.desk.model import Agent
from mailgateway.flows.collect import collect
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.operate import operate
from mailgateway.flows.receive import Source
from mailgateway.flows.reconcile import reconcile
from mailgateway.flows.sending.deliver import deliver_due
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.outcomes import Sending
from mailgateway.flows.settling import Refused
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Move, Settlement
from mailgateway.smtp.pool import Pool
from mailgateway.smtp.relay import Relay
from mailgateway.store.incoming import quarantine, spool
from mailgateway.store.incoming.quarantine import Quarantined
from mailgateway.store.incoming.spool import Arrival
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import OutboxLine
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.listed import listed
from mailgateway.store.tickets.shown import TicketSheet
from tests.end_to_end.office import GATEWAY, GROUPS, ROUTING
from tests.imap.scripted import QUICK, server_at
from tests.servers.prepared import prepare
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.sink import Sink

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PROCESSED = Move("Processed")
ANNA = Agent("anna", "Anna Kowalska", "anna@example.com")


def relay_of(sink: Sink, connections: int = 2, patience: timedelta = timedelta(seconds=20)) -> Relay:
    """Return the settings by which a sink is given letters."""
    return Relay(Server(sink.host, sink.port, Tls.NONE, None, patience), connections, "bench.example")


class Bench:
    """A desk, on SQLite unless told otherwise. `now` is its time; `woken` counts how often letters were announced."""

    def __init__(self, folder: Path, database: str = "") -> None:
        """Write a configuration into `folder`, and open a gateway on it."""
        configuration = folder / "gateway.yaml"
        database = database or f"sqlite:///{folder}/bench.db"
        configuration.write_text(GATEWAY.format(database=database, folder=folder, imap_port=1, smtp_port=1, user="x"))
        (folder / "groups.yaml").write_text(GROUPS)
        (folder / "routing.yaml").write_text(ROUTING)
        prepare(database)
        self.now = NOON
        self.woken = 0
        self.gateway = open_gateway(configuration)
        self.desk = replace(self.gateway.desk, clock=lambda: self.now, letters_waiting=self._wake)
        self.store = self.desk.store
        self.suspects = Suspects()
        self.in_hand = InHand()
        self.sending = Sending("bench/1/1", timedelta(hours=72), lambda: 0.0)

    def _wake(self) -> None:
        self.woken += 1

    def arrive(
        self, *mails: EmailMessage | bytes, mailbox: str = "support", backfill: bool = False, at: datetime | None = None
    ) -> None:
        """Put mails into the spool; those of a `backfill` arrived at that time."""
        raws = [mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP) for mail in mails]
        arrivals = [Arrival(mailbox, None, None, None, at, 1, raw, backfill=backfill) for raw in raws]
        with self.store.writing() as tx:
            spool.put(tx, arrivals, self.now)

    def ingest(self) -> int:
        """Ingest what waits."""
        return ingest_waiting(self.desk, None, stop=lambda: False)

    def collect(self, imap: ScriptedImap, settlement: Settlement = PROCESSED, first_run: FirstRun = SERVE_ALL) -> int:
        """Make one round over a scripted server, with short patience."""
        source = Source("support", 1_000_000, settlement, Move("Quarantine"), first_run)
        with Session.open(server_at(imap, timeout=QUICK), "INBOX") as session:
            return collect(session, source, self.desk, lambda: False, self.suspects, Refused())

    def send(self, sink: Sink, connections: int = 2, patience: timedelta = timedelta(seconds=20)) -> int:
        """Send what is due to a sink; return how many letters were tried."""
        with closing(Pool(relay_of(sink, connections, patience))) as pool:
            return deliver_due(self.desk, pool, self.sending, self.in_hand, lambda: False)

    def order(self, number: int, **orders: object) -> None:
        """Let Anna give orders about a ticket; nothing stands against them."""
        made = Orders(**orders)  # type: ignore[arg-type]  # the test's own words
        assert operate(self.desk, number, made, ANNA, f"test-{number}-{orders}") == ""

    def letters(self) -> tuple[OutboxLine, ...]:
        """Return every letter, oldest first."""
        with self.store.reading() as tx:
            return tuple(reversed(outbox.listed(tx, everything=True, limit=0)))

    def aside(self) -> tuple[Quarantined, ...]:
        """Return what is in quarantine."""
        with self.store.reading() as tx:
            return quarantine.listed(tx, 0)

    def subjects(self) -> list[str]:
        """Return the subjects of all tickets, oldest first."""
        with self.store.reading() as tx:
            return [line.subject for line in reversed(listed(tx, limit=0))]

    def ticket(self, number: int) -> TicketSheet:
        """Return a ticket."""
        with self.store.reading() as tx:
            sheet = tickets.shown(tx, number)
        assert sheet is not None
        return sheet

    def without_outcome(self, imap: ScriptedImap) -> list[int]:
        """Return the UIDs that `reconcile` finds no outcome for."""
        with Session.open(server_at(imap), "INBOX") as session:
            return [line.uid for line in reconcile(session, "support", self.store) if not line.has_outcome]
