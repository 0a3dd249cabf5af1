"""What has outlived its time goes, each kind by its own clock, and nothing of what is open."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.model import Status
from mailgateway.desk.privacy.retention import REMOVED_TEXT, Kind, Retention
from mailgateway.errors import PermanentError
from mailgateway.flows.operate import operate
from mailgateway.flows.privacy import retain as retaining
from mailgateway.flows.privacy.retain import retain
from mailgateway.store.incoming import spool
from mailgateway.store.loose import sweep_all
from mailgateway.store.privacy import marks, outlived
from mailgateway.store.tables.tickets import AttachmentRow, OutboxRow, SpoolRow
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench

CARLA = "carla@customer.example"
DAY = timedelta(days=1)
YEARS = Retention(raw=90 * DAY, attachments=730 * DAY, texts=1825 * DAY)
FIRST, SECOND = 10_001, 10_002


def with_retention(bench: Bench, retention: Retention = YEARS) -> Any:
    """Return the desk with these clocks."""
    policy = replace(bench.desk.policy(), retention=retention)
    return replace(bench.desk, policy=lambda: policy)


def look(bench: Bench, retention: Retention = YEARS) -> int:
    """Let everything go that has outlived its time; return how much it was."""
    removed = 0
    while now := retain(with_retention(bench, retention), lambda: False):
        removed += now
    return removed


def order(bench: Bench, number: int, orders: Orders) -> None:
    """Let Anna order something, a minute after what was before."""
    bench.now += MINUTE
    anna = bench.desk.policy().directory.agents[0]
    operate(bench.desk, number, orders, anna, f"{number}-{bench.now.isoformat()}")


@pytest.fixture
def desk(either_bench: Bench) -> Bench:
    """Give a desk with two tickets with files, of which the first is closed; all letters went out."""
    for subject in ("Screen", "Chair"):
        mail = message(CARLA, subject, f"My {subject} is broken.")
        mail.add_attachment(subject.encode(), maintype="image", subtype="png", filename=f"{subject}.png")
        either_bench.arrive(mail)
        either_bench.ingest()
    order(either_bench, FIRST, Orders(status=Status.CLOSED))
    ended(either_bench)
    return either_bench


def ended(bench: Bench) -> None:
    """Let all letters be sent."""
    with bench.store.writing() as tx:
        tx.connection.execute(update(OutboxRow).values(state="sent", ended_at=bench.now, next_attempt_at=None))


def letters_kept(bench: Bench) -> dict[int | None, int]:
    """Count the letters with content, by ticket."""
    with bench.store.reading() as tx:
        kept = select(OutboxRow.ticket, func.count()).where(OutboxRow.content.is_not(None)).group_by(OutboxRow.ticket)
        return {row[0]: row[1] for row in tx.connection.execute(kept)}


def raw(bench: Bench, spool_id: int) -> bytes | None:
    """Return the bytes of a mail, None where they are gone."""
    with bench.store.reading() as tx:
        try:
            return spool.raw(tx, spool_id)
        except PermanentError:
            return None


def text(bench: Bench, number: int) -> str:
    """Return the words of a ticket's first article."""
    return bench.ticket(number).articles[0].article.text.strip()


def files_kept(bench: Bench) -> list[bool]:
    """Tell of each file whether it is kept."""
    with bench.store.reading() as tx:
        digests = tx.connection.execute(select(AttachmentRow.sha256).order_by(AttachmentRow.id)).scalars().all()
    return [bool(digest) and bench.store.blobs.has(digest) for digest in digests]


def test_each_kind_goes_by_its_own_clock(desk: Bench) -> None:
    """After 90 days the mail, after two years the file, after five the words; each is counted from the close."""
    assert look(desk) == 0
    desk.now += 89 * DAY
    assert look(desk) == 0
    desk.now += 2 * DAY
    assert look(desk) > 0
    assert (raw(desk, 1), raw(desk, 2) is None) == (None, False)
    assert set(letters_kept(desk)) == {SECOND}
    assert files_kept(desk) == [True, True]
    assert text(desk, FIRST) == "My Screen is broken."
    desk.now += 640 * DAY
    assert look(desk) == 1
    assert files_kept(desk) == [False, True]
    assert [file.filename for file in desk.ticket(FIRST).articles[0].article.attachments] == ["Screen.png"]
    desk.now += 1095 * DAY
    assert look(desk) == 1
    assert text(desk, FIRST) == REMOVED_TEXT
    assert desk.ticket(FIRST).trace["steps"] == []
    assert desk.ticket(FIRST).ticket.requester.address == CARLA


def test_nothing_of_an_open_ticket_goes(desk: Bench) -> None:
    """However old it is; nor of one that was opened again."""
    order(desk, FIRST, Orders(status=Status.OPEN))
    ended(desk)
    desk.now += 4000 * DAY
    assert look(desk) == 0
    assert files_kept(desk) == [True, True]
    assert text(desk, SECOND) == "My Chair is broken."


def test_what_was_merged_goes_with_the_ticket_that_goes_on(desk: Bench) -> None:
    """A ticket is closed by a merge, and its words are part of another one that is open."""
    order(desk, FIRST, Orders(merge=SECOND))
    ended(desk)
    desk.now += 4000 * DAY
    assert look(desk) == 0
    order(desk, SECOND, Orders(status=Status.CLOSED))
    ended(desk)
    desk.now += 4000 * DAY
    assert look(desk) > 0
    assert files_kept(desk) == [False, False]


def test_what_came_to_a_closed_ticket_later_has_its_full_time(desk: Bench) -> None:
    """It goes in the round of a later week, not before it is old itself."""
    desk.now += 100 * DAY
    assert look(desk) > 0
    with desk.store.writing() as tx:
        tx.connection.execute(update(SpoolRow).where(SpoolRow.id == 2).values(ticket=FIRST, ended_at=desk.now))
    desk.now += 80 * DAY
    assert look(desk) == 0
    desk.now += 11 * DAY
    look(desk)
    desk.now += DAY
    look(desk)
    assert raw(desk, 2) is None


def test_mails_of_no_ticket_go_by_the_clock_of_mails_and_quarantine_waits(desk: Bench) -> None:
    """What is dropped goes after 90 days; what waits for a person is never removed."""
    desk.arrive(b"\0" * 300, b"\1" * 300)
    desk.ingest()
    dropped, waiting = (one.id for one in desk.aside())
    with desk.store.writing() as tx:
        dropping = {"state": "finished", "disposition": "discarded"}
        tx.connection.execute(update(SpoolRow).where(SpoolRow.id == dropped).values(**dropping))
    desk.now += 91 * DAY
    look(desk)
    assert raw(desk, dropped) is None
    assert raw(desk, waiting) is not None


def test_a_part_is_bounded_and_the_next_goes_on(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one row at a time it is the same in the end, and the mark counts all of it."""
    monkeypatch.setattr(retaining, "ROWS", 1)
    monkeypatch.setattr(retaining, "PARTS", 1)
    desk.now += 4000 * DAY
    with desk.store.reading() as tx:
        due = sum(outlived.count(tx, kind, before) for kind, before in YEARS.cutoffs(desk.now).items())
    assert due > 3
    for _ in range(30):
        retain(with_retention(desk), lambda: False)
    sweep_all(desk.store, desk.now)
    with desk.store.reading() as tx:
        known = marks.marks(tx)
        assert sum(outlived.count(tx, kind, before) for kind, before in YEARS.cutoffs(desk.now).items()) == 0
    assert sum(mark.removed for mark in known.values()) == due
    assert files_kept(desk) == [False, True]


def test_another_host_that_is_at_it_is_left_to_it(desk: Bench) -> None:
    """On PostgreSQL the mark is taken or left; SQLite has one writer anyway."""
    if desk.store.engine.dialect.name == "sqlite":
        return
    desk.now += 91 * DAY
    look(desk, Retention(raw=3650 * DAY))
    with desk.store.writing() as tx:
        assert marks.take(tx, Kind.RAW, desk.now) is not None
        assert retain(with_retention(desk), lambda: False) == 0
    assert look(desk) > 0


def test_kept_for_ever_is_the_default(desk: Bench) -> None:
    """Without clocks nothing ever goes."""
    desk.now += 40_000 * DAY
    assert look(desk, Retention()) == 0


def test_an_answer_goes_without_files_whose_time_is_over(desk: Bench) -> None:
    """A ticket that is opened again and handed on shows its first article, without the file that is gone."""
    desk.now += 731 * DAY
    look(desk)
    order(desk, FIRST, Orders(status=Status.OPEN, group="hardware"))
    assert "agent_notification" in {line.template for line in desk.letters() if line.ticket == FIRST}
