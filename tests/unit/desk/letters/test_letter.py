"""Letters: what a notice becomes on its way to the outbox."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailgateway.desk.letters.letter import Rendered, dedupe_key, files_of, with_number, write_letter
from mailgateway.desk.model import (
    Article,
    ArticleKind,
    Direction,
    Directory,
    Priority,
    Status,
    StoredFile,
    Ticket,
    TicketType,
)
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address, Letter
from mailgateway.mail.outgoing.tokens import is_signed_for, read_reply_token
from mailgateway.rules.schema import Ruleset

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
JAN = Address("Jan Nowak", "Jan@Example.org")
DESK = Address("Service desk", "support@example.com")
POLICY = Policy(
    domain="example.com",
    admin="postmaster@example.com",
    mailboxes=(),
    directory=Directory(),
    ruleset=Ruleset(),
    reply_keys=(b"n" * 32, b"o" * 32),
)
WORDS = Rendered("Re: [#10234] Printer", "Hello\n", "<p>Hello</p>")
PDF = StoredFile("report.pdf", "application/pdf", 5, "digest")
ARTICLE = Article(ArticleKind.PUBLIC, Direction.OUT, DESK, NOW, "Hello", attachments=(PDF,))
TICKET = Ticket(
    number=0,
    subject="Printer",
    status=Status.NEW,
    type=TicketType.INCIDENT,
    priority=Priority.NORMAL,
    group="first-line",
    assignee=None,
    requester=JAN,
    mailbox="support",
    language="en",
    created_at=NOW,
    updated_at=NOW,
    status_since=NOW,
)
NOTICE = Notice(
    kind=NoticeKind.REPLY,
    audience=Audience.CUSTOMER,
    recipient=JAN,
    sender=Address("Anna Kowalska", "support@example.com"),
    language="en",
    automatic=Automatic.NO,
    ticket=TICKET,
    article=ARTICLE,
    bound_to=JAN.key,
    in_reply_to="q@example.org",
    references=("p@example.org", "q@example.org"),
)


def written(notice: Notice, number: int | None = 10234, occasion: str = "spool-7") -> Letter:
    """Write the letter of a notice."""
    return write_letter(notice, WORDS, number, occasion, NOW, POLICY, {"digest": b"%PDF-"})


def read(letter: Letter) -> EmailMessage:
    """Read a letter with the parser of the standard library."""
    found = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_the_version_is_named_where_the_policy_says_so() -> None:
    """What the policy holds stands in the letter as it is."""
    policy = replace(POLICY, user_agent="mailgateway/1.2.3")
    named = write_letter(NOTICE, WORDS, 10234, "event", NOW, policy, {"digest": b""})
    assert b"\r\nUser-Agent: mailgateway/1.2.3\r\n" in named.content


def test_an_answer_goes_out_in_the_agents_name_from_the_support_address() -> None:
    """The customer sees the agent's display name and the support address, and the thread goes on."""
    message = read(written(NOTICE))
    assert message["From"] == "Anna Kowalska <support@example.com>"
    assert message["To"] == "Jan Nowak <Jan@Example.org>"
    assert message["Subject"] == WORDS.subject
    assert message["In-Reply-To"] == "<q@example.org>"
    assert message["References"] == "<p@example.org> <q@example.org>"
    assert message["Auto-Submitted"] is None
    assert message["X-Auto-Response-Suppress"] is None
    assert message["X-Mailgateway"] == "example.com"
    assert message["Date"].datetime == NOW


def test_the_reply_address_is_signed_for_its_addressee() -> None:
    """Answers go to the ticket, with a signature by the first key for nobody else."""
    [reply_to] = read(written(NOTICE))["Reply-To"].addresses
    token = read_reply_token(reply_to.addr_spec, frozenset({"support@example.com"}))
    assert token is not None
    assert token.ticket == 10234
    assert reply_to.display_name == "Anna Kowalska"
    assert is_signed_for(token, POLICY.reply_keys[:1], "jan@example.org")
    assert not is_signed_for(token, POLICY.reply_keys, "eve@example.org")


@pytest.mark.parametrize(("number", "bound_to"), [(None, "jan@example.org"), (10234, "")])
def test_without_ticket_or_addressee_the_reply_address_is_plain(number: int | None, bound_to: str) -> None:
    """What belongs to no ticket is answered to the support address itself."""
    [reply_to] = read(written(replace(NOTICE, bound_to=bound_to), number))["Reply-To"].addresses
    assert reply_to.addr_spec == "support@example.com"


@pytest.mark.parametrize("automatic", list(Automatic))
def test_bounces_come_back_to_the_support_address(automatic: Automatic) -> None:
    """The envelope sender is the plain support address, of automatic letters too."""
    assert written(replace(NOTICE, automatic=automatic)).envelope_from == "support@example.com"


def test_an_automatic_letter_says_so() -> None:
    """An acknowledgement carries Auto-Submitted and asks for silence."""
    message = read(written(replace(NOTICE, kind=NoticeKind.ACKNOWLEDGEMENT, automatic=Automatic.REPLIED)))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_files_go_along_with_what_people_wrote(kind: NoticeKind) -> None:
    """Attachments go along with answers, reports, what goes on and to agents, and where the admin asked for them."""
    carried = kind in (
        NoticeKind.REPLY,
        NoticeKind.PROBLEM_NEWS,
        NoticeKind.AGENT_NOTIFICATION,
        NoticeKind.AGENT_FOLLOW_UP,
        NoticeKind.FORWARDED,
        NoticeKind.REPORT,
        NoticeKind.QUARANTINE_RECEIPT,
        NoticeKind.CUSTOMER_REPORT,
    )
    notice = replace(NOTICE, kind=kind)
    assert files_of(notice) == ((PDF,) if carried else ())
    attached = [part.get_filename() for part in read(written(notice)).iter_attachments()]
    assert attached == (["report.pdf"] if carried else [])


def test_a_letter_without_article_has_no_files() -> None:
    """A notice need not pass anything on."""
    assert files_of(replace(NOTICE, article=None)) == ()


def test_the_same_occasion_gives_the_same_letter() -> None:
    """Work done again after a crash makes the same bytes; another occasion, kind or recipient another letter."""
    letter = written(NOTICE)
    assert written(NOTICE) == letter
    assert letter.message_id.endswith("@example.com")
    assert read(letter)["Message-ID"] == f"<{letter.message_id}>"
    others = [
        written(NOTICE, occasion="spool-8"),
        written(replace(NOTICE, kind=NoticeKind.ACKNOWLEDGEMENT)),
        written(replace(NOTICE, recipient=Address("", "eve@example.org"))),
    ]
    assert len({letter.message_id, *(other.message_id for other in others)}) == 4


def test_the_dedupe_key_knows_no_case() -> None:
    """Two spellings of an address are one recipient."""
    shouting = replace(NOTICE, recipient=Address("", "JAN@EXAMPLE.ORG"))
    assert dedupe_key(NOTICE, "spool-7") == dedupe_key(shouting, "spool-7") == "spool-7/reply/jan@example.org"


def test_the_number_is_put_in_when_it_is_known() -> None:
    """A ticket just opened gets its number before the notice is rendered; without a ticket nothing changes."""
    numbered = with_number(NOTICE, 10234)
    assert numbered.ticket is not None
    assert numbered.ticket.number == 10234
    assert with_number(replace(NOTICE, ticket=None), 10234).ticket is None


def test_the_envelope_names_one_recipient_whatever_the_address_holds() -> None:
    """A line break in a recipient's address cannot become a second SMTP command."""
    letter = written(replace(NOTICE, recipient=Address("x", "jan@example.org>\r\nRCPT TO:<eve@example.net")))
    assert "\r" not in letter.recipient
    assert "\n" not in letter.recipient
    assert ">" not in letter.recipient.rpartition("@")[2]
