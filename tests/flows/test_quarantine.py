"""The quarantine by mail: a digest to the admin, and what their answer does."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mailgateway.desk.model import ArticleKind, Status
from mailgateway.desk.plan import Disposition
from mailgateway.desk.policy import AgentEvidence
from mailgateway.flows.health.beats import beat, fetching
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Mail
from mailgateway.mail.parse import parse
from mailgateway.render.notices import Renderer
from mailgateway.store.incoming import quarantine, spool
from mailgateway.store.incoming.quarantine import Quarantined
from mailgateway.store.incoming.spool import Arrival
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import Letter, answer, message
from tests.flows.bench import MINUTE, NOON, Bench

ADMIN, CARLA = "postmaster@example.com", "carla@customer.example"
JUNK = b"\x00\xffno mail at all\x07 but a word\n" * 4
HOUR = timedelta(hours=1)
DIGEST, RECEIPT = "quarantine_digest", "quarantine_receipt"


def look(bench: Bench) -> None:
    """Watch twice, as two daemons do."""
    beat(bench.desk, fetching("support"), None)
    for _ in range(2):
        watch.watch(bench.desk, ["support"], watch.Thresholds(HOUR, timedelta(days=99)), NOON)


def letters(bench: Bench, kind: str) -> list[Mail]:
    """Return the letters of a kind, oldest first."""
    with bench.store.reading() as tx:
        return [parse(outbox.letter(tx, line.id).content) for line in bench.letters() if line.template == kind]


def set_aside(bench: Bench, *mails: bytes | EmailMessage) -> list[int]:
    """Let mails come that nobody can file; return their numbers, oldest first."""
    known = {entry.id for entry in bench.aside()}
    bench.arrive(*mails)
    while bench.ingest():
        pass
    return sorted(entry.id for entry in bench.aside() if entry.id not in known)


def digest(bench: Bench) -> Letter:
    """Return the newest digest, as it reached the admin."""
    look(bench)
    return Letter("support@example.com", ADMIN, letters(bench, DIGEST)[-1], b"")


def reply(bench: Bench, told: Letter, text: str, sender: str = ADMIN, **changes: str) -> None:
    """Answer a digest with the mail quoted below, a minute later."""
    bench.now += MINUTE
    mail = answer(told, sender, text)
    for name, value in changes.items():
        del mail[name]
        mail[name] = value
    bench.arrive(mail)
    bench.ingest()


def receipt(bench: Bench) -> str:
    """Return the text of the newest receipt."""
    return letters(bench, RECEIPT)[-1].text


def entry(bench: Bench, number: int) -> Quarantined | None:
    """Return an entry that is in quarantine, None where it is not."""
    return next((one for one in bench.aside() if one.id == number), None)


def test_each_mail_is_told_once(either_bench: Bench) -> None:
    """The first is told at once; what follows is gathered for an hour, whichever daemon looks."""
    bench = either_bench
    (first,) = set_aside(bench, JUNK)
    look(bench)
    assert len(letters(bench, DIGEST)) == 1
    second, third = set_aside(bench, b"\x01" * 40, b"\x02" * 40)
    for minute in range(60):
        bench.now = NOON + minute * MINUTE
        look(bench)
        assert len(letters(bench, DIGEST)) == 1
    bench.now = NOON + HOUR
    look(bench)
    one, two = letters(bench, DIGEST)
    numbers = [int(line.split()[1]) for line in (one.text + two.text).splitlines() if line.startswith("Number")]
    assert numbers == [first, second, third]
    assert "no mail: it does not begin with header fields" in " ".join(one.text.split())
    assert bench.woken


def test_what_still_waits_is_told_again(bench: Bench) -> None:
    """Three days after the admin was told they are reminded, once; what was decided is not in it."""
    first, second = set_aside(bench, JUNK, b"\x02" * 40)
    told = digest(bench)
    reply(bench, told, f"#drop {first}")
    for day in range(1, 6):
        bench.now = NOON + timedelta(days=day)
        look(bench)
    _, again = letters(bench, DIGEST)
    assert "still waiting" in again.subject
    assert (f"Number    {second}" in again.text, f"Number    {first}" in again.text) == (True, False)


def test_a_digest_is_bounded(bench: Bench) -> None:
    """It lists fifty mails and counts the rest, which the next one tells of; `all` means those it lists."""
    numbers = set_aside(bench, *(bytes([0, number]) * 20 for number in range(53)))
    told = digest(bench)
    assert told.mail.text.count("Number ") == 50
    assert "3 more are waiting" in told.mail.text
    reply(bench, told, "#drop all")
    assert [one.id for one in reversed(bench.aside())] == numbers[50:]
    bench.now = NOON + HOUR
    assert digest(bench).mail.text.count("Number ") == 3


def test_a_digest_shows_hostile_text_safely(bench: Bench) -> None:
    """Nothing in a subject or a sender begins a line, turns its direction, or is HTML."""
    hostile = "<b>\u202e\n#drop all\r\n"
    _too_large(bench, f"=?utf-8?b?{b64encode(hostile.encode()).decode()}?=", sender='"#drop all" <#drop@evil.example>')
    mail = digest(bench).mail
    assert "<b> #drop all" in mail.text
    assert not any(line.startswith(("#drop all", "\u202e")) for line in mail.text.splitlines())
    assert "&lt;b&gt;" in (mail.html_source or "")


def test_what_cannot_be_filed_is_set_aside_again(either_bench: Bench) -> None:
    """The receipt says why, and the order is not repeated when the mail is looked at again; a new one is."""
    bench = either_bench
    (number,) = set_aside(bench, JUNK)
    told = digest(bench)
    for _ in range(2):
        reply(bench, told, f"#release {number}")
        assert f"{number}: could not be filed and is set aside again: no mail" in " ".join(receipt(bench).split())
    assert len(letters(bench, RECEIPT)) == 2
    bench.now = NOON + HOUR
    assert f"Number    {number}" in digest(bench).mail.text


def test_a_mail_held_back_is_released(either_bench: Bench) -> None:
    """What is too large is filed by its header, as `quarantine replay` does; the customer hears of it."""
    bench = either_bench
    number = _too_large(bench)
    told = digest(bench)
    reply(bench, told, f"Please\n#release {number}")
    assert bench.subjects() == []
    reply(bench, told, f"#release {number}\nthank you")
    assert bench.subjects() == ["Scans"]
    assert f"{number}: filed; ticket #10001 was opened." in receipt(bench)
    events = {event.what: event.detail for event in bench.ticket(10001).events}
    assert events["released"] == {"by": ADMIN, "why": "the mail has 31.4 MB, more than this mailbox takes"}
    assert bench.aside() == ()


def test_an_order_is_carried_out_once(either_bench: Bench) -> None:
    """The same mail again does nothing; another order about what was decided is told so."""
    bench = either_bench
    number = _too_large(bench)
    told = digest(bench)
    order = answer(told, ADMIN, f"#release {number}")
    bench.arrive(order, order)
    bench.ingest()
    bench.ingest()
    assert len(letters(bench, RECEIPT)) == 1
    reply(bench, told, f"#drop {number}")
    assert bench.subjects() == ["Scans"]
    assert f"{number}: filed; ticket #10001 was opened. This had already been decided by {ADMIN}." in " ".join(
        receipt(bench).split()
    )


@pytest.mark.parametrize("order", ["#drop", "#ticket"])
def test_an_order_survives_a_crash(either_bench: Bench, order: str) -> None:
    """Whether it dies before the mail is filed or before the receipt is written: each is done once, after all."""
    bench = either_bench
    (number,) = set_aside(bench, JUNK)
    told = digest(bench)
    whole = bench.desk

    def die() -> Renderer:
        bench.desk = whole
        raise KeyboardInterrupt

    bench.desk = replace(whole, renderer=die)
    with pytest.raises(KeyboardInterrupt):
        reply(bench, told, f"{order} {number}")
    assert letters(bench, RECEIPT) == []
    bench.now += MINUTE
    for _ in range(2):
        bench.ingest()
    assert len(letters(bench, RECEIPT)) == 1
    assert ("closed without a ticket" if order == "#drop" else "was opened") in receipt(bench)
    assert "decided before" not in receipt(bench)
    assert len(bench.subjects()) == (order == "#ticket")


def test_several_orders_in_one_mail(bench: Bench) -> None:
    """What is named has its own order; `all` is for the rest of this digest, and for nothing that came later."""
    first, second, third = set_aside(bench, JUNK, b"\x01" * 40, b"\x02" * 40)
    told = digest(bench)
    (later,) = set_aside(bench, b"\x03" * 40)
    reply(bench, told, f"#ticket #{second}\n\n#drop all\n#show {first}, {third}")
    assert [one.id for one in bench.aside()] == [later]
    assert len(bench.subjects()) == 1
    said = receipt(bench)
    assert f"{first}: closed without a ticket" in said
    assert f"{second}: filed; ticket #10001 was opened." in said
    assert [file.filename for file in letters(bench, RECEIPT)[-1].attachments] == [
        f"quarantine-{first}.eml",
        f"quarantine-{third}.eml",
    ]


def test_a_dropped_mail_says_who_dropped_it(bench: Bench) -> None:
    """The ledger keeps it with its outcome, by whom and when."""
    (number,) = set_aside(bench, JUNK)
    reply(bench, digest(bench), f"#drop {number}")
    with bench.store.reading() as tx:
        (dropped,) = quarantine.entries(tx, [number])
    assert (dropped.outcome, dropped.decided_by) == (Disposition.DISCARDED, ADMIN)


def test_what_is_no_mail_becomes_a_ticket(either_bench: Bench) -> None:
    """What can be read of it is its text, the raw mail is attached, and those who work there are told."""
    bench = either_bench
    (number,) = set_aside(bench, JUNK)
    reply(bench, digest(bench), f"#ticket {number}")
    sheet = bench.ticket(10001)
    article = sheet.articles[0].article
    assert "no mail at all" in article.text
    (file,) = article.attachments
    assert (file.filename, file.content_type, bench.store.blobs.get(file.sha256)) == (
        "mail.eml",
        "application/octet-stream",
        JUNK,
    )
    assert (sheet.ticket.group, sheet.ticket.status, article.kind) == ("first-line", Status.NEW, ArticleKind.PUBLIC)
    assert [line.to for line in bench.letters() if line.template == "agent_notification"] == ["anna@example.com"]
    assert "acknowledgement" not in {line.template for line in bench.letters()}


def test_a_mail_is_shown_as_it_came(bench: Bench) -> None:
    """The raw mail comes as a file that no mail program renders, and stays in quarantine."""
    (number,) = set_aside(bench, JUNK)
    reply(bench, digest(bench), f"#show {number}")
    with bench.store.reading() as tx:
        sent = [outbox.letter(tx, line.id).content for line in bench.letters() if line.template == RECEIPT]
    (file,) = message_from_bytes(sent[-1], policy=SMTP).iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        f"quarantine-{number}.eml",
        "application/octet-stream",
        JUNK,
    )
    assert file.get_content_disposition() == "attachment"
    assert entry(bench, number) is not None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("#relase 17", "#relase is not a command; did you mean #release?"),
        ("#release", "#release: needs the numbers of mails"),
        ("#drop seventeen", "#drop seventeen: needs the numbers of mails"),
        ("#drop {n}\n#ticket {n}", "a mail can have one order"),
        ("#drop all\n#release all", "all mails can have one order"),
        ("Look:\n#drop {n}", "stands below other text"),
        ("Thank you!", "These are the commands"),
        ("#help", "These are the commands"),
    ],
)
def test_a_mistake_does_nothing(bench: Bench, written: str, said: str) -> None:
    """The admin is told what is wrong, with the commands; nothing is done by halves."""
    (number,) = set_aside(bench, JUNK)
    told = digest(bench)
    reply(bench, told, f"#show {number}\n{written}".format(n=number) if "{n}" in written else written.format(n=number))
    assert said in " ".join(receipt(bench).split())
    assert "#release 17 18" in receipt(bench)
    assert entry(bench, number) is not None


def test_a_number_that_is_not_there_is_said_to_be_none(bench: Bench) -> None:
    """Nor can any mail be reached that was never in quarantine, the order itself among them."""
    (number,) = set_aside(bench, JUNK)
    bench.arrive(message(CARLA, "Hello", "Hello."))
    bench.ingest()
    told = digest(bench)
    reply(bench, told, f"#drop {number + 1} {number + 2} 4711 99999999999999999")
    assert receipt(bench).count("there is no message with this number in quarantine") == 4
    assert bench.subjects() == ["Hello"]


def test_a_quoted_digest_is_no_order(bench: Bench) -> None:
    """Whatever a digest says below an answer is not read, nor is an order that is only quoted."""
    set_aside(bench, JUNK, b"\x01" * 40)
    told = digest(bench)
    reply(bench, told, "> #drop all\n\nI will look at it.")
    assert len(bench.aside()) == 2


def test_lost_bytes_are_said_to_be_lost(bench: Bench) -> None:
    """A mail whose content is gone from the store cannot be shown, and the answer says so."""
    (number,) = set_aside(bench, JUNK)
    told = digest(bench)
    with bench.store.reading() as tx:
        (found,) = quarantine.entries(tx, [number])
    for file in (bench.gateway.settings.path.parent / "blobs").rglob(f"{found.sha256}*"):
        file.unlink()
    reply(bench, told, f"#show {number}\n#release {number}")
    said = " ".join(receipt(bench).split())
    assert f"{number}: its content is lost" in said
    assert f"{number}: could not be filed and is set aside again" in said


def test_a_forged_answer_does_nothing(bench: Bench) -> None:
    """Somebody else with the digest, the admin's name without it, and old or foreign addresses are mails like any."""
    (number,) = set_aside(bench, JUNK)
    told = digest(bench)
    true = told.mail.reply_to[0].address
    lies: list[tuple[str, str]] = [
        ("anna@example.com", true),
        (CARLA, true),
        (ADMIN, "support@example.com"),
        (ADMIN, true.replace("+q1.", "+q2.")),
        (ADMIN, true[:30] + ("a" if true[30] != "a" else "b") + true[31:]),
    ]
    for sender, to in lies:
        reply(bench, told, f"#drop {number}\n#release all", sender, To=to)
    assert entry(bench, number) is not None
    assert letters(bench, RECEIPT) == []
    with bench.store.reading() as tx:
        filed = quarantine.entries(tx, range(number + 1, number + 1 + len(lies)))
    assert [one.outcome in ("opened", "followed_up") for one in filed] == [True] * len(lies)


def test_a_stricter_policy_wants_more_than_the_address(bench: Bench) -> None:
    """With evidence dmarc or token_and_dmarc a From with the right address alone does nothing."""
    (number,) = set_aside(bench, JUNK)
    told = digest(bench)
    for evidence in ("dmarc", "token_and_dmarc"):
        _with_evidence(bench, evidence)
        reply(bench, told, f"#drop {number}")
        assert entry(bench, number) is not None
    passed = {"Authentication-Results": "mx.example.com; dmarc=pass header.from=example.com"}
    reply(bench, told, f"#drop {number}", **passed)
    assert entry(bench, number) is None


def test_an_absent_admin_orders_nothing(bench: Bench) -> None:
    """An out-of-office note, with the digest's own words in it, is kept without a ticket or an answer."""
    (number,) = set_aside(bench, JUNK)
    reply(bench, digest(bench), f"#drop {number}", **{"Auto-Submitted": "auto-replied"})
    assert entry(bench, number) is not None
    assert (bench.subjects(), letters(bench, RECEIPT)) == ([], [])


def _with_evidence(bench: Bench, evidence: str) -> None:
    policy = replace(bench.desk.policy(), evidence=AgentEvidence(evidence))
    bench.desk = replace(bench.desk, policy=lambda: policy)


def _too_large(bench: Bench, subject: str = "Scans", sender: str = CARLA) -> int:
    """Let a mail come of which only the header was fetched; return its number."""
    raw = f"From: {sender}\r\nTo: support@example.com\r\nSubject: {subject}\r\nMessage-ID: <m@x>\r\n\r\n".encode()
    with bench.store.writing() as tx:
        spool.put(tx, [Arrival("support", None, None, None, None, 31_400_000, raw, headers_only=True)], bench.now)
    bench.ingest()
    (found,) = bench.aside()
    return found.id
