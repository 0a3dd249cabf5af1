"""What has to be true when it is quiet again, however it went."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select

from mailgateway import clock
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.flows.health.state import read_state
from mailgateway.flows.reconcile import reconcile
from mailgateway.imap.session import Session
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import ArticleRow, OutboxRow, SpoolRow, TicketRow
from tests.chaos.world import MAILBOXES, World

_FAULTS = (
    "worker.broken",
    "ingest.broken",
    "ingest.quarantined",
    "attend.broken",
    "inform.broken",
    "issue.broken",
    "supervisor.tick_broken",
    "supervisor.thread_lost",
)


def is_quiet(world: World) -> bool:
    """Tell whether every mail has its outcome and is settled on its server, and every letter has left."""
    with world.gateway.store.reading() as tx:
        count = select(func.count())
        done = count.select_from(SpoolRow).where(SpoolRow.settled_at.is_not(None))
        unsent = count.select_from(OutboxRow).where(OutboxRow.state != DeliveryState.SENT)
        is_done = tx.connection.execute(done).scalar_one() >= len(world.written)
        return is_done and not tx.connection.execute(unsent).scalar_one()


def is_shared(world: World) -> bool:
    """Tell whether every mailbox is read, and none of the hosts reads more than its share."""
    with world.gateway.store.reading() as tx:
        state = read_state(tx, world.gateway.policy, clock.now(), has_api=False)
    share = math.ceil(MAILBOXES / len(world.daemons))
    return all(map(state.reader, world.mailboxes)) and all(len(host.mailboxes) <= share for host in state.hosts)


def what_is_wrong(world: World) -> Iterator[str]:
    """Tell everything that is not as it should be, of mails, letters, mailboxes and the daemons themselves."""
    yield from _mails(world)
    yield from _letters(world)
    yield from _mailboxes(world)
    for line in world.log(*_FAULTS):
        yield f"a fault: {line}"
    for line in world.log(""):
        if "{" in line["text"]:
            yield f"lines of the log that run into each other: {line}"


def copies_too_many(world: World) -> int:
    """Return how often a letter arrived that had arrived before."""
    return sum(len(copies) - 1 for copies in _arrived(world).values())


def _mails(world: World) -> Iterator[str]:
    with world.gateway.store.reading() as tx:
        found = select(ArticleRow.message_id, func.count()).group_by(ArticleRow.message_id)
        articles = {row[0]: row[1] for row in tx.connection.execute(found)}
        tickets = tx.connection.execute(select(func.count()).select_from(TicketRow)).scalar_one()
        others = select(SpoolRow.state, func.count()).where(SpoolRow.state != SpoolState.FINISHED)
        for state, count in tx.connection.execute(others.group_by(SpoolRow.state)):
            yield f"{count} mails are {state}"
    if tickets != len(world.written):
        yield f"{tickets} tickets of {len(world.written)} mails"
    for message_id in world.written:
        if articles.get(message_id) != 1:
            yield f"{message_id} is there {articles.get(message_id, 0)} times"


def _letters(world: World) -> Iterator[str]:
    arrived = _arrived(world)
    with world.gateway.store.reading() as tx:
        letters = tx.connection.execute(select(OutboxRow.message_id, OutboxRow.recipient, OutboxRow.state)).all()
    receipts = Counter(letter.recipient for letter in letters if letter.recipient.endswith("@customer.example"))
    for number in range(len(world.written)):
        if receipts[f"c{number}@customer.example"] != 1:
            yield f"c{number} has {receipts[f'c{number}@customer.example']} receipts"
    sent_by_survivors = Counter(line["message_id"] for one in world.daemons for line in one.lines_of("deliver.sent"))
    for letter in letters:
        copies = arrived.get((letter.message_id, letter.recipient), [])
        if letter.state is not DeliveryState.SENT or not copies:
            yield f"{letter.message_id} to {letter.recipient} is {letter.state}, and arrived {len(copies)} times"
        if len(set(copies)) > 1:
            yield f"{letter.message_id} differs from the first when it comes again"
        if sent_by_survivors[letter.message_id] > 1 or len(copies) > 1 + len(world.ended):
            yield f"{letter.message_id} came {len(copies)} times, and not because its sender was killed"


def _arrived(world: World) -> dict[tuple[str, str], list[bytes]]:
    """Return the copies of each letter, by Message-ID and recipient."""
    found: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for one in world.sink.received:
        head = one.content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        ids = [line.partition(":")[2].strip(" <>") for line in head.split("\r\n") if line.startswith("Message-ID:")]
        for recipient in one.rcpt_tos:
            found["".join(ids), recipient].append(one.content)
    return found


def _mailboxes(world: World) -> Iterator[str]:
    for post in world.gateway.posts():
        with Session.open(post.server, post.folder) as session:
            for line in reconcile(session, post.source.mailbox, world.gateway.store):
                if not (line.has_outcome and line.settled) or line.on_server:
                    yield f"{post.source.mailbox}: {line}"
