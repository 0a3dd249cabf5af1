"""Files that are not accepted, and viruses, from the spool to what people read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import event

from mailgateway.desk.files.policy import FilePolicy
from mailgateway.desk.quarantine.decision import Order
from mailgateway.errors import PermanentError
from mailgateway.flows import screening
from mailgateway.flows.ingest import ingest
from mailgateway.flows.quarantine import decide_by_hand
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Attachment
from mailgateway.mail.parse import parse
from mailgateway.scan import clamd as clamd_client
from mailgateway.scan.clamd import Clamd
from mailgateway.store import health
from mailgateway.store.health import Beat
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
    assert aside.error == f"{SIGNATURE} was found in the mail, and in none of its files"
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


def test_a_hiccup_after_a_quiet_night_is_no_alarm(either_bench: Bench, clamd: ClamdServer) -> None:
    """What counts is how long a mail waits, not how long ago the last one came; and a restart ends no alarm."""
    bench = either_bench
    thresholds = watch.Thresholds(15 * MINUTE, timedelta(days=9))
    scanning(bench, clamd)
    bench.arrive(mail_with(("plan.pdf", b"%PDF-1.7")))
    bench.ingest()
    bench.now += timedelta(hours=14)
    clamd.says = b""
    bench.arrive(message("b@customer.example", "Other", "x"))
    bench.ingest()
    watch.watch(bench.desk, [], thresholds, NOON)
    assert texts(bench, "postmaster@example.com") == []
    bench.now += 15 * MINUTE
    watch.watch(bench.desk, [], thresholds, NOON)
    watch.watch(bench.desk, [], thresholds, bench.now)
    [alarm] = texts(bench, "postmaster@example.com")
    assert "for 15 minutes" in alarm


def test_a_mail_that_breaks_the_scanner_is_set_aside_at_last(bench: Bench, clamd: ClamdServer) -> None:
    """Those behind it do not wait for it, and it is not tried for ever."""
    scanning(bench, clamd)
    clamd.breaks_at = b"PK..."
    bench.arrive(mail_with(("bomb.zip", b"PK...")), mail_with(("plan.pdf", b"%PDF-1.7")))
    for _ in range(6):
        assert bench.aside() == ()
        bench.ingest()
        assert bench.subjects() == ["Printer"]
        bench.now += LATER
    assert [one.stage for one in bench.aside()] == ["scan"]


@pytest.mark.parametrize("hangs", [True, False])
def test_a_scanner_that_fails_at_everything_is_no_mails_fault(
    bench: Bench, clamd: ClamdServer, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    """It takes connections and gives no verdict: mails wait for as long as that lasts, and then come in."""
    monkeypatch.setattr(clamd_client, "_REST", 0.0)
    scanning(bench, clamd, timedelta(seconds=0.05 if hangs else 20))
    if hangs:
        clamd.goes_on.clear()
    else:
        clamd.says = b""
    bench.arrive(*(message(f"c{n}@customer.example", f"P{n}", "It is broken.") for n in range(3)))
    for _ in range(8):
        bench.ingest()
        bench.now += LATER
    assert (bench.aside(), bench.subjects()) == ((), [])
    clamd.goes_on.set()
    clamd.says = None
    scanning(bench, clamd)
    bench.ingest()
    assert sorted(bench.subjects()) == ["P0", "P1", "P2"]


def test_an_outage_counts_against_no_mail(bench: Bench, clamd: ClamdServer) -> None:
    """A mail that waited for hours, and then meets one hiccup, is tried again."""
    with ClamdServer() as gone:
        scanning(bench, gone)
    bench.arrive(mail_with(("plan.pdf", b"%PDF-1.7")))
    for _ in range(7):
        bench.ingest()
        bench.now += LATER
    scanning(bench, clamd)
    clamd.breaks_at = b"%PDF"
    bench.ingest()
    assert bench.aside() == ()


def test_a_mail_as_a_whole_is_looked_at_for_a_bounded_time(
    bench: Bench, clamd: ClamdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many files it brings, each of which may take its time."""
    monkeypatch.setattr(screening, "_FOR_A_MAIL", timedelta(0))
    scanning(bench, clamd)
    bench.arrive(mail_with(("plan.pdf", b"%PDF-1.7")))
    bench.ingest()
    assert (bench.subjects(), clamd.scanned) == ([], [])


def test_a_file_that_is_refused_anyhow_spares_the_rest_nothing(bench: Bench, clamd: ClamdServer) -> None:
    """A virus beside it, in no file, is found all the same."""
    scanning(bench, clamd)
    mail = message("carla@customer.example", "Printer", EICAR.decode())
    mail.add_attachment(b"x", "application", "octet-stream", filename="a.exe")
    bench.arrive(mail)
    bench.ingest()
    assert [one.stage for one in bench.aside()] == ["scan"]


def test_nor_does_an_infected_file_where_something_else_is_found(bench: Bench, clamd: ClamdServer) -> None:
    """A virus that is easily found hides no other one."""
    clamd.finds = {"Other": b"another virus", **clamd.finds}
    scanning(bench, clamd)
    mail = message("carla@customer.example", "Printer", "another virus")
    mail.add_attachment(EICAR, "application", "octet-stream", filename="order.doc")
    bench.arrive(mail)
    bench.ingest()
    assert [one.error for one in bench.aside()] == ["Other was found in the mail, and in none of its files"]


def test_a_virus_in_a_file_that_is_refused_anyhow_sets_no_mail_aside(bench: Bench, clamd: ClamdServer) -> None:
    """It is left out, and the rest becomes a ticket."""
    clamd.finds = {SIGNATURE: b"virus in plain"}
    scanning(bench, clamd)
    mail = mail_with(("plan.pdf", b"%PDF-1.7"))
    mail.add_attachment("virus in plain", "plain", filename="order.exe")
    bench.arrive(mail)
    bench.ingest()
    assert bench.aside() == ()
    assert [one.refused for one in bench.ticket(10001).articles[0].article.attachments] == ["", "type .exe"]


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


def test_scanning_tells_of_its_life_now_and_then(
    bench: Bench, clamd: ClamdServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mail pays for it but the first, the first after ten seconds, and those that it fails at or is well again."""
    monkeypatch.setattr(clamd_client, "_REST", 0.0)
    scanning(bench, clamd)
    asked: list[str] = []
    event.listen(bench.store.engine, "before_cursor_execute", lambda _c, _k, line, *_: asked.append(line))

    def paid_by_three_mails() -> int:
        asked.clear()
        for _ in range(3):
            bench.arrive(mail_with())
            bench.ingest()
        return len([line for line in asked if "beats" in line])

    assert paid_by_three_mails() == 1
    bench.now += timedelta(seconds=9)
    assert paid_by_three_mails() == 0
    bench.now += timedelta(seconds=1)
    assert paid_by_three_mails() == 1
    clamd.says = b""
    assert paid_by_three_mails() == 1
    clamd.says = None
    bench.now += MINUTE
    assert paid_by_three_mails() == 1
    with bench.store.reading() as tx:
        assert health.beats(tx)["scan"] == Beat("scan", bench.now, bench.now, "")
