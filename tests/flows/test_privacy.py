"""A person asks that they go: nothing of them is left, the rest stays."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.letters import delivery
from mailgateway.desk.lifecycle import DONE
from mailgateway.desk.model import Status
from mailgateway.desk.quarantine.decision import Order
from mailgateway.desk.reporting.schedule import Every, Schedule
from mailgateway.desk.reporting.subscription import About, Content, Subscription
from mailgateway.flows.operate import operate
from mailgateway.flows.privacy import erase as erasing
from mailgateway.flows.privacy.erase import erase
from mailgateway.flows.privacy.find import Found, find
from mailgateway.flows.quarantine import decide_by_hand
from mailgateway.flows.timed import watch
from mailgateway.flows.timed.issue import issue_due
from mailgateway.reports.counted import Scope
from mailgateway.reports.period import Period
from mailgateway.store.incoming import spool
from mailgateway.store.outgoing import outbox
from mailgateway.store.privacy import erasures, outlived
from mailgateway.store.privacy.erasures import Erasure
from mailgateway.store.reports import rows as report_rows
from mailgateway.store.tables.base import Base
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench

CARLA, DAVE = "Carla.Rossi@customer.example", "dave@customer.example"
OWN, DAVES = 10_001, 10_002
WORDS = ("carla", "rossi", "my knee hurts", "sit down then", "x-ray of the knee", "she is in pain")
"""What must be nowhere afterwards: in no row, no letter and no file."""


def at(bench: Bench) -> Bench:
    """Let a minute go by."""
    bench.now += MINUTE
    return bench


def look(bench: Bench, *addresses: str) -> Found:
    """Look for who has these addresses."""
    return find(bench.store, addresses or (CARLA.lower(),), lambda _: None)


def with_file(mail: EmailMessage, name: str, content: bytes) -> EmailMessage:
    """Attach a file to a mail."""
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def set_aside(bench: Bench, mail: EmailMessage) -> int:
    """Let a mail come and be set aside; return its number."""
    bench.arrive(mail)
    with at(bench).store.writing() as tx:
        [number] = spool.waiting(tx, None, bench.now, 9)
        spool.quarantine(tx, number, "rules", "the rule aside sets it aside", bench.now)
    return number


@pytest.fixture
def desk(either_bench: Bench) -> Bench:
    """Give a desk where Carla asked for something, took part in Dave's ticket, and was answered."""
    bench = either_bench
    sender = f"Carla Rossi <{CARLA}>"
    first = message(sender, "My knee hurts, printer far away", "My knee hurts. Bring me the printer.")
    bench.arrive(with_file(with_file(first, "rossi knee.bin", b"x-ray of the knee"), "same.bin", b"shared by both"))
    at(bench).ingest()
    dave = message(DAVE, "Chairs", "The chairs are too low.", cc=[CARLA])
    bench.arrive(with_file(dave, "same.bin", b"shared by both"))
    at(bench).ingest()
    anna = bench.desk.policy().directory.agents[0]
    answer = Orders(text="Then sit down then, Carla Rossi.", status=Status.SOLVED)
    operate(at(bench).desk, OWN, answer, anna, "answer")
    operate(at(bench).desk, OWN, Orders(text="She is in pain.", note=True), anna, "note")
    return bench


def everything(bench: Bench) -> str:
    """Return every word that is kept: all tables, all letters, all blobs."""
    found: list[str] = []
    with bench.store.reading() as tx:
        for table in Base.metadata.sorted_tables:
            found += (str(tuple(row)) for row in tx.connection.execute(select(table)))
        letters = tx.connection.execute(select(Base.metadata.tables["outbox"].c.content)).scalars()
        found += (zlib.decompress(one).decode(errors="replace") for one in letters if one)
    for file in (bench.gateway.settings.path.parent / "blobs").rglob("*.z"):
        found.append(zlib.decompress(file.read_bytes()).decode(errors="replace"))
    return "\n".join(found).lower()


def figures(bench: Bench) -> Any:
    """Return the figures of the time in which all of it happened."""
    with bench.store.reading() as tx:
        period = Period(bench.now.date(), bench.now.date(), UTC)
        return report_rows.counts(tx, period, Scope(), bench.now)


def test_nothing_of_a_person_is_left_and_the_rest_stays(desk: Bench) -> None:
    """Words, names, files and letters are gone; Dave's mail and file stay, and so do all figures of reports."""
    before = figures(desk)
    record = erase(at(desk).desk, look(desk), "root")
    left = everything(desk)
    assert [word for word in WORDS if word in left.replace("cc: carla.rossi@customer.example", "")] == []
    assert "the chairs are too low" in left
    assert "shared by both" in left
    assert figures(desk) == before
    assert dict(record.counts)["tickets"] == 1
    assert look(desk).is_nothing


def test_the_record_says_that_it_happened_and_not_to_whom(desk: Bench) -> None:
    """Who, when and how much; the tickets say it too."""
    record = erase(at(desk).desk, look(desk), "root")
    with desk.store.reading() as tx:
        assert erasures.listed(tx, 0) == (record,)
    assert (record.by, record.begun_at, record.ended_at) == ("root", desk.now, desk.now)
    assert {name: record.counts[name] for name in ("tickets", "shared_tickets", "mails", "attachments")} == {
        "tickets": 1,
        "shared_tickets": 1,
        "mails": 1,
        "attachments": 2,
    }
    for number in (OWN, DAVES):
        assert [event.detail for event in desk.ticket(number).events if event.what == "erased"] == [
            {"erasure": record.id}
        ]


def test_a_cut_off_erasure_goes_on_where_it_was(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after any of its parts and begun again, it ends as if nothing had happened, under the same number."""
    real = erasing._Erasing.part
    parts = 0

    def counted(left: int) -> Callable[..., int]:
        def part(work: Any, what: Any, *asked: Any) -> int:
            nonlocal parts
            if parts >= left:
                raise KeyboardInterrupt
            parts += 1
            return real(work, what, *asked)

        return part

    records: list[Erasure] = []
    allowed = 0
    while not records:
        allowed, parts = allowed + 1, 0
        monkeypatch.setattr(erasing._Erasing, "part", counted(allowed))
        with suppress(KeyboardInterrupt):
            records.append(erase(at(desk).desk, look(desk), "root"))
    assert allowed > 5
    assert (records[0].id, records[0].counts["mails"]) == (1, 1)
    left = everything(desk)
    assert [word for word in WORDS if word in left.replace("cc: carla.rossi@customer.example", "")] == []


def test_looking_changes_nothing(desk: Bench) -> None:
    """Everything stays as it was until it is wanted."""
    before = everything(desk)
    assert look(desk).counts["tickets"] == 1
    assert everything(desk) == before


def test_addresses_that_are_not_named_stay(desk: Bench) -> None:
    """Another address of the same person is another person's until it is named as well."""
    desk.arrive(message("Carla Rossi <carla@home.example>", "Hello", "From home."))
    at(desk).ingest()
    erase(at(desk).desk, look(desk), "root")
    assert "carla@home.example" in everything(desk)
    erase(at(desk).desk, look(desk, "carla@home.example", CARLA), "root")
    assert "carla@home.example" not in everything(desk)


def test_nobody_is_answered_in_the_place_of_a_person_who_is_gone(desk: Bench) -> None:
    """An answer in an open ticket of theirs goes to nobody, and the ticket says so."""
    anna = desk.desk.policy().directory.agents[0]
    operate(at(desk).desk, OWN, Orders(status=Status.OPEN), anna, "again")
    assert look(desk).open_tickets == (OWN,)
    erase(at(desk).desk, look(desk), "root")
    known = len(desk.letters())
    operate(at(desk).desk, OWN, Orders(text="Anybody there?"), anna, "more")
    operate(at(desk).desk, OWN, Orders(status=Status.SOLVED), anna, "done")
    assert [line.to for line in desk.letters()[known:]] == []
    assert "not_sent" in [event.what for event in desk.ticket(OWN).events]
    assert desk.ticket(OWN).ticket.requester.name == "erased-1@erased.invalid"


def test_letters_that_wait_are_not_sent_any_more(desk: Bench) -> None:
    """What is queued to them is cancelled."""
    waiting = [line for line in desk.letters() if line.to == CARLA]
    assert waiting
    erase(at(desk).desk, look(desk), "root")
    states = {line.id: line.state.value for line in desk.letters()}
    assert {states[line.id] for line in waiting} == {"cancelled"}


def test_a_mail_that_became_no_ticket_goes_too(desk: Bench) -> None:
    """One in quarantine, and one that came twice, are found by who wrote them."""
    again = message(f"Carla Rossi <{CARLA}>", "My knee hurts", "My knee hurts again")
    for _ in range(2):
        desk.arrive(again)
        at(desk).ingest()
    aside = set_aside(desk, message(f"Carla Rossi <{CARLA}>", "My knee hurts", "Odd."))
    assert {aside, aside - 1} < set(look(desk).mails)
    erase(at(desk).desk, look(desk), "root")
    left = everything(desk)
    assert [word for word in WORDS if word in left.replace("cc: carla.rossi@customer.example", "")] == []
    assert desk.aside() == ()


def test_a_mail_that_comes_later_is_new_data(desk: Bench) -> None:
    """It opens a ticket like anybody's, and is found by the next request."""
    erase(at(desk).desk, look(desk), "root")
    desk.arrive(message(f"Carla Rossi <{CARLA}>", "Me again", "Hello."))
    at(desk).ingest()
    assert look(desk).counts["tickets"] == 1
    assert desk.ticket(10_003).ticket.status not in DONE


def test_letters_that_speak_of_a_person_go_as_well(desk: Bench) -> None:
    """Digests, lists and alarms are about no ticket of theirs, and name them, or their ticket and what it is about."""
    bench = desk
    set_aside(bench, message(f"Carla Rossi <{CARLA}>", "My knee hurts", "Odd."))
    with bench.store.writing() as tx:
        failed = [line.id for line in outbox.listed(tx, everything=True, limit=0) if line.to == CARLA]
        outbox.record(tx, {one: delivery.failed("550 no such user", bench.now) for one in failed})
    at(bench)
    watch.watch(bench.desk, ["support"], watch.Thresholds(MINUTE, MINUTE), bench.now)
    bob = bench.desk.policy().directory.agents[1]
    operate(bench.desk, OWN, Orders(status=Status.OPEN, assign="bob"), bob, "again")
    digest = Subscription("mine", Schedule(Every.DAY), Content.DIGEST, About.AGENTS)
    digesting = replace(bench.desk, policy=lambda: replace(bench.gateway.policy, reports=(digest,)))
    issue_due(digesting, lambda: False)
    bench.now += timedelta(days=1)
    issue_due(digesting, lambda: False)
    kinds = {line.template for line in bench.letters() if line.ticket is None}
    assert kinds >= {"alarm", "quarantine_digest", "digest"}
    erase(at(bench).desk, look(bench), "root")
    left = everything(bench)
    assert [word for word in WORDS if word in left.replace("cc: carla.rossi@customer.example", "")] == []


def test_who_wrote_a_mail_that_outlived_its_time_is_erased_too(desk: Bench) -> None:
    """Its bytes are gone before; the ledger knew who wrote it."""
    aside = set_aside(desk, message(f"Carla Rossi <{CARLA}>", "Odd", "Odd."))
    decide_by_hand(desk.desk, [aside], Order.DROP, "root", lambda *_: None)
    with desk.store.writing() as tx:
        outlived.remove_bare(tx, desk.now + MINUTE, 10)
    erase(at(desk).desk, look(desk), "root")
    assert "carla" not in everything(desk).replace("cc: carla.rossi@customer.example", "")
