"""Who is told what."""

import pytest

from mailgateway.desk.letters import notices
from mailgateway.desk.letters.reply import reply
from mailgateway.desk.model import Agent, Article, ArticleKind, Direction, Directory, Group, Status
from mailgateway.desk.plan import Audience, Automatic, NoticeKind
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    BOB,
    CARLA,
    DAVE,
    FIRST_LINE,
    FROM_ANNA,
    HARDWARE,
    MAILBOX,
    NOW,
    SUPPORT,
    make_candidate,
    make_facts,
    make_mail,
    make_policy,
    make_ticket,
)

POLICY = make_policy()
ARTICLE = Article(ArticleKind.PUBLIC, Direction.IN, CARLA, NOW, "It is broken.", message_id="mail-1@customer.example")


def told(
    group: str = "first-line", assignee: str | None = None, writer: Address = CARLA, **policy: object
) -> list[str]:
    """Return the addresses of those who are told of a new ticket."""
    ticket = make_ticket(group=group, assignee=assignee)
    sent = notices.agent_notification(ARTICLE, ticket, make_policy(**policy), except_for=writer.address)
    return [notice.recipient.address for notice in sent]


@pytest.mark.parametrize(
    ("group", "assignee", "writer", "expected"),
    [
        ("first-line", None, CARLA, [ANNA.address, BOB.address]),
        ("hardware", None, CARLA, [BOB.address, "hardware-team@example.com"]),
        ("first-line", "bob", CARLA, [BOB.address]),
        ("FIRST-LINE", "BOB", CARLA, [BOB.address]),
        ("first-line", None, FROM_ANNA, [BOB.address]),
        ("first-line", None, Address("", "Bob@Home.Example"), [ANNA.address]),
        ("hardware", None, Address("", "Hardware-Team@example.com"), [BOB.address]),
        ("first-line", "anna", FROM_ANNA, []),
        ("first-line", "zoe", CARLA, [ANNA.address, BOB.address]),
        ("gone", None, CARLA, [ANNA.address, BOB.address]),
        ("gone", "zoe", CARLA, [ANNA.address, BOB.address]),
        ("first-line", None, Address("", ""), [ANNA.address, BOB.address]),
    ],
)
def test_the_assignee_is_told_else_the_group_else_the_mailboxs_own(
    group: str, assignee: str | None, writer: Address, expected: list[str]
) -> None:
    """Whoever wrote is not told; what the configuration does not know any more leaves no ticket without people."""
    assert told(group, assignee, writer) == expected


def test_each_worker_is_told_once_and_we_never() -> None:
    """A shared address that is a member's, or one of our mailboxes, makes no second mail and no loop."""
    carl = Agent("carl", "Carl", "help@example.com")
    groups = (
        Group("a", "A", ("anna", "anna", "zoe", "carl"), address="Anna@example.com"),
        Group("b", "B", address=SUPPORT),
    )
    directory = Directory((ANNA, carl), groups)
    assert told("a", directory=directory) == [ANNA.address]
    assert told("b", directory=directory) == []


def test_a_worker_without_address_is_passed_over() -> None:
    """A letter to nobody would keep all the others from being written."""
    assert told(directory=Directory((Agent("anna", "Anna", ""), BOB), (FIRST_LINE,))) == [BOB.address]


def test_an_empty_group_leaves_its_tickets_to_the_mailboxs_own() -> None:
    """A team of nobody cannot be told."""
    assert told("empty", directory=Directory((ANNA, BOB), (FIRST_LINE, Group("empty", "Empty")))) == [
        ANNA.address,
        BOB.address,
    ]
    assert told("gone", directory=Directory((ANNA, BOB), ())) == []


def test_a_notice_to_agents_is_internal_and_signed_for_its_reader() -> None:
    """Each reader's answers are theirs; the thread begins with the customer's mail."""
    anna, bob = notices.agent_notification(
        ARTICLE, make_ticket(), POLICY, except_for=CARLA.address, by="Zoe", rules=["a", "b"]
    )
    assert (anna.bound_to, bob.bound_to) == ("agent:anna", "agent:bob")
    for notice in (anna, bob):
        assert (notice.kind, notice.audience) == (NoticeKind.AGENT_NOTIFICATION, Audience.AGENT)
        assert (notice.automatic, notice.article) == (Automatic.GENERATED, ARTICLE)
        assert notice.sender == Address("Example support", SUPPORT)
        assert (notice.in_reply_to, notice.references) == ("mail-1@customer.example", ("mail-1@customer.example",))
        assert notice.values == {"by": "Zoe", "rules": "a, b"}


def test_a_follow_up_is_told_to_who_works_on_it() -> None:
    """It continues the thread that agents have."""
    (notice,) = notices.agent_follow_up(ARTICLE, make_ticket(assignee="anna"), make_candidate(), POLICY)
    assert (notice.kind, notice.recipient, notice.values) == (NoticeKind.AGENT_FOLLOW_UP, FROM_ANNA, {"by": ""})
    assert notice.references == ("first@customer.example", "mail-1@customer.example")
    assert notice.in_reply_to == "mail-1@customer.example"


def test_an_acknowledgement_answers_the_mail() -> None:
    """It goes to the requester, says that a machine replies, and joins their thread."""
    mail = make_mail(references=("older@customer.example",))
    notice = notices.acknowledgement(mail, ARTICLE, make_ticket(language="pl"), MAILBOX)
    assert (notice.recipient, notice.automatic, notice.language) == (CARLA, Automatic.REPLIED, "pl")
    assert (notice.bound_to, notice.in_reply_to) == (CARLA.key, "mail-1@customer.example")
    assert notice.references == ("older@customer.example", "mail-1@customer.example")


def test_a_mail_without_id_can_be_answered() -> None:
    """There is simply no thread to name."""
    mail = make_mail(message_id=None)
    article = Article(ArticleKind.PUBLIC, Direction.IN, CARLA, NOW, "x")
    sent = (
        notices.acknowledgement(mail, article, make_ticket(), MAILBOX),
        notices.rejected(mail, CARLA, MAILBOX, "too large", "en"),
        notices.commands_refused(mail, ANNA, make_ticket(), ["bad"], [("#note", "x")], POLICY),
        *notices.agent_notification(article, make_ticket(assignee="bob"), POLICY, except_for=""),
    )
    assert {(notice.in_reply_to, notice.references) for notice in sent} == {("", ())}


def test_a_rejection_says_why_and_names_no_ticket() -> None:
    """It is written before anything is filed."""
    notice = notices.rejected(make_mail(), CARLA, MAILBOX, "No offers.", "pl")
    assert (notice.ticket, notice.article, notice.bound_to) == (None, None, "")
    assert notice.values == {"reason": "No offers.", "too_large": 0, "subject": "Printer"}
    assert notice.language == "pl"


def test_refused_commands_go_back_to_the_agent_with_a_bounded_copy() -> None:
    """To the agent's own address, wherever they wrote from, signed for them so that they can simply try again."""
    mail = make_mail("x" * 100_000)
    notice = notices.commands_refused(mail, BOB, make_ticket(), ["bad"], [("#note", "x")], POLICY)
    assert (notice.recipient.address, notice.audience, notice.bound_to) == (BOB.address, Audience.AGENT, "agent:bob")
    assert notice.values["problems"] == ["bad"]
    assert len(str(notice.values["original"])) == 20_000


def test_the_admin_is_told_of_trouble() -> None:
    """An alarm needs no ticket and no mail."""
    notice = notices.alarm("No mail fetched", ["Since 9:00"], POLICY)
    assert (notice.kind, notice.audience) == (NoticeKind.ALARM, Audience.ADMIN)
    assert notice.recipient == Address("", "postmaster@example.com")
    assert notice.values == {"title": "No mail fetched", "lines": ["Since 9:00"]}


@pytest.mark.parametrize(
    ("recipient", "sent", "part"),
    [
        (CARLA, 0, ""),
        (CARLA, 4, ""),
        (CARLA, 5, "within the hour"),
        (Address("", "CARLA@customer.example"), 5, "within the hour"),
        (DAVE, 5, ""),
        (Address("Nobody", ""), 0, "no address"),
        (Address("", SUPPORT), 0, "our own"),
        (Address("", "Help+x@example.com"), 0, "our own"),
    ],
)
def test_an_automatic_mail_goes_out_within_the_budget_and_never_to_us(recipient: Address, sent: int, part: str) -> None:
    """The count is of the last hour, for each address in any case of letters."""
    notice = notices.rejected(make_mail(), recipient, MAILBOX, "x", "en")
    found = notices.why_not(notice, make_facts(automatic_mails={CARLA.key: sent}), POLICY)
    assert part in found
    assert bool(found) is bool(part)


def test_what_agents_are_told_of_their_work_uses_up_no_budget() -> None:
    """A busy morning does not keep an agent from learning that a command was refused."""
    ticket, candidate = make_ticket(group="hardware"), make_candidate()
    work = [
        *notices.agent_notification(ARTICLE, ticket, POLICY, except_for=""),
        *notices.agent_follow_up(ARTICLE, ticket, candidate, POLICY),
        *reply(ARTICLE, ANNA, ticket, candidate, POLICY),
        notices.alarm("x", [], POLICY),
    ]
    counted = [
        notices.acknowledgement(make_mail(), ARTICLE, ticket, MAILBOX),
        notices.status_changed(ticket, Status.OPEN, candidate, POLICY),
        notices.rejected(make_mail(), CARLA, MAILBOX, "x", "en"),
        notices.commands_refused(make_mail(), ANNA, ticket, [], [], POLICY),
    ]
    assert not any(map(notices.is_counted, work))
    assert all(map(notices.is_counted, counted))
    assert HARDWARE.address in {notice.recipient.address for notice in work}
