"""Files that are not accepted, and viruses, from the spool to what people read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from mailgateway.desk.files.policy import FilePolicy
from mailgateway.desk.quarantine.decision import Order
from mailgateway.errors import PermanentError
from mailgateway.flows.ingest import ingest
from mailgateway.flows.quarantine import decide_by_hand
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Attachment
from mailgateway.mail.parse import parse
from mailgateway.scan.clamd import Clamd
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, NOON, Bench
from tests.flows.test_forward import REPAIRS, forwarding, sent_on
from tests.servers.clamd import EICAR, SIGNATURE, ClamdServer

LATER = timedelta(seconds=31)


@pytest.fixture
def clamd() -> Iterator[ClamdServer]:
    """Give a scanner."""
    with ClamdServer() as running:
        yield running


def scanning(bench: Bench, server: ClamdServer, timeout: timedelta = timedelta(seconds=20)) -> None:
    """Let the desk have its mails scanned."""
    scanner = Clamd(server.address, timeout)
    policy = replace(bench.desk.policy(), files=FilePolicy(is_scanned=True))
    bench.desk = replace(bench.desk, scanner=lambda: scanner, policy=lambda: policy)


def mail_with(*files: tuple[str, bytes], sender: str = "carla@customer.example", **more: str) -> EmailMessage:
    """Return a mail with files."""
    mail = message(sender, "Printer", "It is broken.")
    for name, value in more.items():
        mail[name] = value
    for filename, content in files:
        mail.add_attachment(content, "application", "octet-stream", filename=filename)
    return mail


def texts(bench: Bench, recipient: str) -> list[str]:
    """Return the texts of the letters to somebody, oldest first."""
    ids = [line.id for line in bench.letters() if line.to == recipient]
    with bench.store.reading() as tx:
        return [parse(outbox.letter(tx, one).content).text for one in ids]


def is_kept(bench: Bench, content: bytes) -> bool:
    """Tell whether a file lies in the blob store."""
    try:
        bench.store.blobs.get(Attachment("", "", content).sha256)
    except PermanentError:
        return False
    return True


def test_a_program_is_left_out_and_everybody_hears_of_it(either_bench: Bench) -> None:
    """The ticket opens with the other files; agents and requester read which one is missing, and why."""
    bench = either_bench
    bench.arrive(mail_with(("plan.pdf", b"%PDF-1.7"), ("invoice.pdf.exe", b"MZ...")))
    bench.ingest()
    [kept, left_out] = bench.ticket(10001).articles[0].article.attachments
    assert (kept.filename, kept.refused) == ("plan.pdf", "")
    assert (left_out.filename, left_out.refused, left_out.sha256) == ("invoice.pdf.exe", "type .exe", "")
    assert is_kept(bench, b"%PDF-1.7")
    assert not is_kept(bench, b"MZ...")
    [receipt] = texts(bench, "carla@customer.example")
    assert "We could not accept these files" in receipt
    assert "): files of this kind are not accepted (.exe)" in receipt.partition("invoice.pdf.exe")[2]
    [told] = texts(bench, "bob@example.com")
    assert told.index("plan.pdf") < told.index("These files were left out") < told.index("invoice.pdf.exe")


def test_no_letter_carries_what_was_left_out(bench: Bench) -> None:
    """Neither the agents' notification nor a forward, which would send the mail on as it came."""
    forwarding(bench, 100, discard=True)
    bench.arrive(mail_with(("setup.exe", b"MZ is not to travel")))
    bench.ingest()
    assert sent_on(bench) == []
    assert bench.subjects() == ["Printer"]
    [why] = [event.detail["why"] for event in bench.ticket(10001).events if event.what == "not_forwarded"]
    assert "a file that is not accepted" in why
    assert not [line for line in bench.letters() if line.to == REPAIRS]
    with bench.store.reading() as tx:
        assert all(b"TVogaXMgbm90" not in outbox.letter(tx, line.id).content for line in bench.letters())


def test_an_infected_file_is_left_out_and_named(either_bench: Bench, clamd: ClamdServer) -> None:
    """The rest of the mail becomes a ticket, and the agent reads the signature."""
    bench = either_bench
    scanning(bench, clamd)
    bench.arrive(mail_with(("plan.pdf", b"%PDF-1.7"), ("order.doc", EICAR)))
    bench.ingest()
    assert [one.refused for one in bench.ticket(10001).articles[0].article.attachments] == ["", f"infected {SIGNATURE}"]
    assert not is_kept(bench, EICAR)
    [told] = texts(bench, "bob@example.com")
    assert f"a virus was found ({SIGNATURE})" in " ".join(told.split())


def test_a_mail_is_scanned_as_it_came_too(bench: Bench, clamd: ClamdServer) -> None:
    """What is found in no file, such as in the text, sets the mail aside; a person may let it in all the same."""
    scanning(bench, clamd)
    bench.arrive(message("carla@customer.example", "Printer", EICAR.decode()))
    bench.ingest()
    [aside] = bench.aside()
    assert aside.stage == "scan"
    assert (
        aside.error == f"scan: {SIGNATURE} was found in the mail, and in none of its files" or SIGNATURE in aside.error
    )
    assert bench.letters() == ()
    decide_by_hand(bench.desk, [aside.id], Order.RELEASE, "root", ingest)
    assert bench.subjects() == ["Printer"]


def test_what_a_person_lets_in_as_it_is_brings_no_virus_along(bench: Bench, clamd: ClamdServer) -> None:
    """The mail that would be attached whole is a file like any other."""
    scanning(bench, clamd)
    bench.arrive(message("carla@customer.example", "Printer", EICAR.decode()))
    bench.ingest()
    decide_by_hand(bench.desk, [bench.aside()[0].id], Order.TICKET, "root", ingest)
    [whole] = bench.ticket(10001).articles[0].article.attachments
    assert whole.refused == f"infected {SIGNATURE}"


def test_a_file_too_large_to_be_scanned_is_not_kept(bench: Bench, clamd: ClamdServer) -> None:
    """Nothing is kept that nobody has seen."""
    scanning(bench, clamd)
    clamd.stream_max = 1_000
    bench.arrive(mail_with(("small.bin", b"x" * 100), ("large.bin", b"y" * 5_000)))
    bench.ingest()
    assert [one.refused for one in bench.ticket(10001).articles[0].article.attachments] == ["", "unscanned"]


def test_while_the_scanner_is_away_mails_wait_and_then_come_in(bench: Bench) -> None:
    """Never unscanned, never lost; the admin is told after the time of the alarms, and when it is over."""
    with ClamdServer() as server:
        scanning(bench, server)
    bench.arrive(mail_with(("plan.pdf", b"%PDF-1.7")))
    assert bench.ingest() == 0
    assert bench.subjects() == []
    thresholds = watch.Thresholds(15 * MINUTE, 15 * MINUTE)
    watch.watch(bench.desk, [], thresholds, NOON)
    assert bench.letters() == ()
    bench.now += 16 * MINUTE
    assert bench.ingest() == 0
    watch.watch(bench.desk, [], thresholds, NOON)
    [alarm] = texts(bench, "postmaster@example.com")
    assert "scanned for viruses" in alarm
    with ClamdServer() as again:
        scanning(bench, again)
        bench.now += LATER
        assert bench.ingest() == 1
    assert bench.subjects() == ["Printer"]
    watch.watch(bench.desk, [], thresholds, NOON)
    assert "Well again" in texts(bench, "postmaster@example.com")[1]


def test_a_mail_that_breaks_the_scanner_is_set_aside_at_last(bench: Bench, clamd: ClamdServer) -> None:
    """Those behind it do not wait for it, and it is not tried for ever."""
    scanning(bench, clamd)
    clamd.says = b""
    bench.arrive(mail_with(("bomb.zip", b"PK...")))
    for _ in range(6):
        assert bench.aside() == ()
        bench.ingest()
        bench.now += LATER
    assert [one.stage for one in bench.aside()] == ["scan"]


def test_an_agents_file_reaches_nobody_either(bench: Bench, clamd: ClamdServer) -> None:
    """The answer is not sent without it: the agent is asked to write again."""
    scanning(bench, clamd)
    bench.arrive(message("carla@customer.example", "Printer", "It is broken."))
    bench.ingest()
    with bench.store.reading() as tx:
        [notification] = [
            parse(outbox.letter(tx, line.id).content) for line in bench.letters() if line.to == "bob@example.com"
        ]
    answer = mail_with(("form.doc", EICAR), sender="bob@example.com")
    del answer["To"]
    answer["To"] = notification.reply_to[0].address
    bench.arrive(answer)
    bench.ingest()
    assert len(texts(bench, "carla@customer.example")) == 1
    refused = texts(bench, "bob@example.com")[1]
    assert f"form.doc: a virus was found in it ({SIGNATURE}); write again without it" in " ".join(refused.split())
    assert [one.article.direction.value for one in bench.ticket(10001).articles] == ["in"]
