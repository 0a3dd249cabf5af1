"""The gateway with real servers around it, a desk of eight agents, and a clock that the simulation turns."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from mailgateway.desk.plan import Disposition
from mailgateway.flows.reconcile import Line, reconcile
from mailgateway.imap.session import Session
from mailgateway.store.tables.tickets import OutboxRow, SpoolRow
from tests.end_to_end.office import Letter, Office
from tests.simulation.people import COMPANIES, GROUPS, SECRET, Cast

BEGIN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
ROUND = timedelta(minutes=25)
_ROUTING = rf"""
rules:
  - name: {SECRET}1ruleq
    when: {{field: subject, matches: '(?i)\b(printer|drukarka)\b'}}
    then: {{group: hardware, priority: high, tags: [{SECRET}1tagq]}}
  - name: {SECRET}2ruleq
    when: {{field: subject, contains: invoice}}
    then: {{group: accounts, tags: [{SECRET}2tagq]}}
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the ledger says of a mail."""

    message_id: str
    disposition: Disposition | None
    reason: str
    ticket: int | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter that somebody got: which notice it was, about which ticket, and when."""

    letter: Letter
    notice: str
    audience: str
    automatic: bool
    ticket: int | None
    at: datetime


class World:
    """Everything that the simulation touches."""

    def __init__(self, office: Office, cast: Cast) -> None:
        """Give the office its people, and a clock that stands at the beginning."""
        self.office = office
        self.now = BEGIN
        self.arrived: list[Arrived] = []
        self._ledger = self._outbox = 0
        folder = office.configuration.parent
        (folder / "groups.yaml").write_text(_groups(cast))
        (folder / "organisations.yaml").write_text(_organisations(cast))
        (folder / "routing.yaml").write_text(_ROUTING)
        text = office.configuration.read_text()
        text = text.replace("rules: routing.yaml", "rules: routing.yaml, organisations: organisations.yaml")
        text = text.replace("connections: 2", "connections: 1")  # letters in one order, whatever the machine does
        text = text.replace("receipts: never", "receipts: never, trusted_arc_sealers: [lists.example.org]")
        text = text.replace("    size_limit: 1MB", "    size_limit: 1MB\n    same_subject_within: 30d")
        office.configuration.write_text(text)
        office.reopen()
        office.gateway.desk = replace(office.gateway.desk, clock=lambda: self.now)

    def round(self) -> tuple[list[Outcome], list[Arrived]]:
        """Let the gateway make a round; return what became of the mails, and the letters that arrived."""
        letters = self.office.round()
        outcomes, arrived = self._outcomes(), self._arrived(letters)
        self.arrived += arrived
        self.now += ROUND
        return outcomes, arrived

    def reconciled(self) -> list[Line]:
        """Return every mail of the mailbox beside its outcome."""
        (post,) = self.office.gateway.posts()
        with Session.open(post.server, post.folder) as session:
            return list(reconcile(session, post.source.mailbox, self.office.gateway.store))

    def _outcomes(self) -> list[Outcome]:
        columns = (SpoolRow.id, SpoolRow.message_id, SpoolRow.disposition, SpoolRow.reason, SpoolRow.ticket)
        with self.office.gateway.store.reading() as tx:
            rows = tx.connection.execute(select(*columns).where(SpoolRow.id > self._ledger).order_by(SpoolRow.id)).all()
        self._ledger = max([self._ledger, *(row.id for row in rows)])
        return [Outcome(row.message_id, row.disposition, row.reason, row.ticket) for row in rows]

    def _arrived(self, letters: list[Letter]) -> list[Arrived]:
        columns = (
            OutboxRow.id,
            OutboxRow.message_id,
            OutboxRow.notice,
            OutboxRow.audience,
            OutboxRow.automatic,
            OutboxRow.ticket,
        )
        with self.office.gateway.store.reading() as tx:
            rows = tx.connection.execute(
                select(*columns).where(OutboxRow.id > self._outbox).order_by(OutboxRow.id)
            ).all()
        known = {row.message_id: row for row in rows}
        self._outbox = max([self._outbox, *(row.id for row in rows)])
        made = []
        for letter in letters:
            row = known[letter.mail.message_id or ""]
            made.append(Arrived(letter, row.notice, row.audience, row.automatic, row.ticket, self.now))
        return made


def _groups(cast: Cast) -> str:
    agents = "\n".join(
        f"  - {{name: {one.name}, display: {one.display}, address: {one.address}}}" for one in cast.agents
    )
    groups = "\n".join(
        f"  - {{name: {name}, display: Team {number}, members: [{members}]}}"
        for number, name in enumerate(GROUPS)
        if (members := ", ".join(one.name for one in cast.agents if one.group == name))
    )
    return f"agents:\n{agents}\ngroups:\n{groups}\n"


def _organisations(cast: Cast) -> str:
    lines = ["organisations:"]
    for number in range(COMPANIES):
        lines += [f"  - name: company{number}", f"    domains: [company{number}.example]", "    people:"]
        lines += [
            f"      - {{address: {one.address}, aliases: [{one.alias}]}}"
            for one in cast.customers
            if one.company == number
        ]
    return "\n".join(lines) + "\n"
