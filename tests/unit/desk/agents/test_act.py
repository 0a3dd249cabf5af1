"""What becomes of a ticket when an agent orders it."""

from dataclasses import replace
from typing import Any

import pytest

from mailgateway.desk.agents.act import act, objection
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.model import ArticleKind, Direction, Priority, Status, StoredFile, Ticket, TicketType
from mailgateway.desk.plan import (
    AddArticle,
    AddParticipants,
    Assign,
    Audience,
    Automatic,
    ChangeTags,
    Disposition,
    MoveToGroup,
    NoticeKind,
    Plan,
    RecordEvent,
    SetPriority,
    SetStatus,
    SetType,
)
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    BOB,
    CARLA,
    DAVE,
    FROM_ANNA,
    MALLORY,
    NOW,
    SUPPORT,
    kinds,
    make_candidate,
    make_facts,
    make_mail,
    make_policy,
    make_ticket,
    spelled_out,
)

POLICY = make_policy()
FILE = StoredFile("plan.pdf", "application/pdf", 3, "ab")
LOGO = StoredFile("logo.png", "image/png", 3, "cd", inline=True)


def acted(orders: Orders, ticket: Ticket | None = None, *, sent: int = 0, **more: Any) -> Plan:
    """Let Anna give orders about a ticket, whose requester got `sent` automatic mails within the hour."""
    candidate = make_candidate(ticket)
    facts = make_facts(candidate, automatic_mails={CARLA.key: sent})
    return act(orders, ANNA, candidate, facts, POLICY, **more)


def test_an_answer_goes_to_everybody_who_takes_part() -> None:
    """In the agent's display name from the support address, threaded, signed for each reader, and no automatic mail."""
    plan = acted(Orders(text="Try again."), make_ticket(participants=(DAVE,)), mail=make_mail("Try again.\n> quoted"))
    assert (plan.disposition, plan.ticket, plan.actor, plan.at) == (Disposition.FOLLOWED_UP, 7, "anna", NOW)
    (added,) = plan.changes
    assert isinstance(added, AddArticle)
    assert (added.article.kind, added.article.direction) == (ArticleKind.PUBLIC, Direction.OUT)
    assert (added.article.text, added.article.full_text) == ("Try again.", "Try again.\n> quoted")
    assert [notice.recipient for notice in plan.notices] == [CARLA, DAVE]
    for notice in plan.notices:
        assert (notice.kind, notice.audience, notice.automatic) == (NoticeKind.REPLY, Audience.CUSTOMER, Automatic.NO)
        assert notice.sender == Address("Anna Kowalska", SUPPORT)
        assert notice.bound_to == notice.recipient.key
        assert (notice.in_reply_to, notice.references) == ("first@customer.example", ("first@customer.example",))


def test_a_note_beside_an_answer_stays_inside() -> None:
    """Both are kept, each in its own kind; the letter has the answer alone."""
    plan = acted(Orders(text="Try again.", beside="He is difficult."), files=(FILE,))
    answer, note = (change.article for change in plan.changes if isinstance(change, AddArticle))
    assert (answer.kind, answer.text, answer.attachments) == (ArticleKind.PUBLIC, "Try again.", (FILE,))
    assert (note.kind, note.direction, note.text) == (ArticleKind.NOTE, Direction.IN, "He is difficult.")
    (letter,) = plan.notices
    assert "difficult" not in spelled_out(letter)


def test_an_answer_carries_nothing_of_the_agents_own_mail() -> None:
    """Neither the private address nor the quoted notification nor the id of the agent's mail leaves the desk."""
    mail = make_mail("Hi\n> secret", sender=FROM_ANNA, message_id="private@host.internal")
    (notice,) = acted(Orders(text="Hi"), mail=mail, files=(FILE,)).notices
    assert notice.article is not None
    assert notice.article.attachments == (FILE,)
    for private in ("anna@example.com", "secret", "private@host.internal"):
        assert private not in spelled_out(notice)


def test_an_agent_is_not_sent_their_own_answer() -> None:
    """An agent who takes part in a ticket gets no copy of what they wrote; where nobody else is there, it is told."""
    plan = acted(Orders(text="Done."), make_ticket(requester=FROM_ANNA, participants=(DAVE,)))
    assert [notice.recipient for notice in plan.notices] == [DAVE]
    plan = acted(Orders(text="Done."), make_ticket(requester=FROM_ANNA))
    assert plan.notices == ()
    assert RecordEvent("not_sent", {"why": "nobody else who takes part has an address"}) in plan.changes


def test_nobody_is_written_to_twice_and_never_ourselves() -> None:
    """A participant who is the requester, or one of our own addresses, is passed over."""
    people = (Address("", CARLA.address.upper()), Address("", "help+x@example.com"), Address("x", ""))
    (notice,) = acted(Orders(text="Hi"), make_ticket(participants=people)).notices
    assert notice.recipient == CARLA


def test_a_note_stays_inside() -> None:
    """It is an article that no notice carries."""
    plan = acted(Orders(text="He is difficult.", note=True), files=(FILE,))
    (added,) = plan.changes
    assert isinstance(added, AddArticle)
    assert (added.article.kind, added.article.direction) == (ArticleKind.NOTE, Direction.IN)
    assert plan.notices == ()


def test_an_answer_opens_a_new_ticket_and_orders_win() -> None:
    """Answering says that somebody began; a status that was ordered comes before that."""
    new = make_ticket(status=Status.NEW)
    assert SetStatus(Status.NEW, Status.OPEN) in acted(Orders(text="Hi"), new).changes
    assert SetStatus(Status.NEW, Status.SOLVED) in acted(Orders(text="Hi", status=Status.SOLVED), new).changes
    assert kinds(acted(Orders(text="Hi", note=True), new).changes) == ["AddArticle"]


def test_every_order_is_a_change() -> None:
    """Only what is different is changed, all of it in one plan."""
    ticket = make_ticket(tags=("old", "Gone"))
    plan = acted(
        Orders(
            status=Status.PENDING,
            assign="bob",
            group="hardware",
            priority=Priority.HIGH,
            type=TicketType.PROBLEM,
            add_tags=("new", "OLD".casefold()),
            remove_tags=("gone", "never"),
            participants=(DAVE, Address("", DAVE.address.upper()), CARLA, FROM_ANNA, Address("", "help@example.com")),
        ),
        ticket,
    )
    assert plan.changes == (
        SetStatus(Status.OPEN, Status.PENDING),
        MoveToGroup("first-line", "hardware"),
        Assign(None, "bob"),
        SetPriority(Priority.NORMAL, Priority.HIGH),
        SetType(TicketType.INCIDENT, TicketType.PROBLEM),
        ChangeTags(("new",), ("Gone",)),
        AddParticipants((DAVE,)),
    )


def test_orders_that_change_nothing_are_written_down() -> None:
    """A plan always says something: the mail came, and nothing was to be done."""
    for orders in (Orders(status=Status.OPEN, priority=Priority.NORMAL), Orders(add_tags=("printer",))):
        assert acted(orders, make_ticket(tags=("Printer",))).changes == (RecordEvent("nothing_ordered"),)


@pytest.mark.parametrize(
    ("before", "orders", "after"),
    [
        ("anna", Orders(group="hardware"), None),
        ("bob", Orders(group="hardware"), "bob"),
        ("anna", Orders(group="hardware", assign="anna"), "anna"),
        ("anna", Orders(group="first-line"), "anna"),
        ("carl", Orders(group="first-line"), "carl"),
        ("anna", Orders(assign=""), None),
        ("anna", Orders(assign="bob"), "bob"),
        (None, Orders(group="hardware"), None),
    ],
)
def test_a_ticket_that_changes_hands_leaves_who_is_not_in_the_new_group(
    before: str | None, orders: Orders, after: str | None
) -> None:
    """Handed to a team that the assignee is not in, the ticket is that team's to take."""
    plan = acted(orders, make_ticket(assignee=before))
    assigned = [change.after for change in plan.changes if isinstance(change, Assign)]
    assert assigned == ([] if before == after else [after])


def test_whoever_gets_the_ticket_is_told_with_the_note() -> None:
    """The new assignee gets the note that came along; who handed it over is named and not told."""
    (told,) = acted(Orders(assign="bob", text="Yours.", note=True)).notices
    assert (told.kind, told.audience, told.recipient.address) == (
        NoticeKind.AGENT_NOTIFICATION,
        Audience.AGENT,
        BOB.address,
    )
    assert told.article is not None
    assert told.article.text == "Yours."
    assert (told.values["by"], told.bound_to) == ("Anna Kowalska", "agent:bob")
    assert acted(Orders(assign="anna")).notices == ()


def test_a_hand_over_with_an_answer_tells_both() -> None:
    """The customer gets the answer, the new group the ticket; the answer is not repeated there."""
    plan = acted(Orders(group="hardware", text="My colleagues will help."))
    assert [(notice.kind, notice.recipient.address) for notice in plan.notices] == [
        (NoticeKind.REPLY, CARLA.address),
        (NoticeKind.AGENT_NOTIFICATION, BOB.address),
        (NoticeKind.AGENT_NOTIFICATION, "hardware-team@example.com"),
    ]
    assert plan.notices[1].article is None
    assert plan.notices[2].bound_to == "group:hardware"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Status.OPEN, Status.SOLVED, True),
        (Status.OPEN, Status.PENDING, True),
        (Status.SOLVED, Status.OPEN, True),
        (Status.OPEN, Status.CLOSED, True),
        (Status.NEW, Status.OPEN, False),
        (Status.OPEN, Status.ON_HOLD, False),
        (Status.OPEN, Status.NEW, False),
        (Status.OPEN, Status.OPEN, False),
    ],
)
def test_the_requester_is_told_of_a_status_that_concerns_them(before: Status, after: Status, told: bool) -> None:  # noqa: FBT001 - a column of the table
    """The desk's own book-keeping, and that somebody looked, is no news."""
    plan = acted(Orders(status=after), make_ticket(status=before, participants=(DAVE,)))
    assert [(notice.kind, notice.recipient) for notice in plan.notices] == (
        [(NoticeKind.STATUS_CHANGED, CARLA)] if told else []
    )
    for notice in plan.notices:
        assert notice.values["before"] == before
        assert notice.ticket is not None
        assert notice.ticket.status is after


def test_a_status_is_told_once() -> None:
    """Within the answer where there is one; with a note it goes alone, and carries nothing of the note."""
    (reply,) = acted(Orders(text="Done.", status=Status.SOLVED)).notices
    assert reply.kind is NoticeKind.REPLY
    (status,) = acted(Orders(text="Done at last.", note=True, status=Status.SOLVED)).notices
    assert (status.kind, status.article) == (NoticeKind.STATUS_CHANGED, None)


@pytest.mark.parametrize(
    ("ticket", "sent"),
    [
        (make_ticket(), 5),
        (make_ticket(requester=Address("Nobody", "")), 0),
        (make_ticket(requester=Address("", SUPPORT)), 0),
        (make_ticket(requester=FROM_ANNA), 0),
    ],
)
def test_a_status_mail_goes_only_where_it_may(ticket: Ticket, sent: int) -> None:
    """Not beyond the budget, not to nobody, not to ourselves, not to who did it."""
    assert acted(Orders(status=Status.SOLVED), ticket, sent=sent).notices == ()


def test_nothing_empty_is_sent() -> None:
    """Commands alone, with the pictures of a signature, make no answer; a file is one."""
    assert kinds(acted(Orders(priority=Priority.HIGH), files=(LOGO,)).changes) == ["SetPriority"]
    plan = acted(Orders(), files=(LOGO, FILE))
    assert kinds(plan.changes) == ["AddArticle"]
    assert len(plan.notices) == 1


NOBODY = make_ticket(requester=Address("", ""))


@pytest.mark.parametrize(
    ("orders", "ticket", "files", "part"),
    [
        (Orders(), make_ticket(), (), "says nothing"),
        (Orders(note=True), make_ticket(), (LOGO,), "says nothing"),
        (Orders(note=True), make_ticket(), (FILE,), ""),
        (Orders(status=Status.SOLVED), make_ticket(), (), ""),
        (Orders(text="Hi"), make_ticket(), (), ""),
        (Orders(text="Hi"), NOBODY, (), "nobody who takes part"),
        (Orders(text="Hi"), replace(NOBODY, requester=Address("", SUPPORT)), (), "nobody who takes part"),
        (Orders(text="Hi", note=True), NOBODY, (), ""),
        (Orders(text="Hi", participants=(MALLORY,)), NOBODY, (), ""),
        (Orders(status=Status.SOLVED), NOBODY, (), ""),
    ],
)
def test_orders_that_would_surprise_their_writer_are_objected_to(
    orders: Orders, ticket: Ticket, files: tuple[StoredFile, ...], part: str
) -> None:
    """A mail that says nothing, or that nobody would get, is not silently filed."""
    found = objection(orders, ticket, files, POLICY)
    assert part in found
    assert bool(found) is bool(part)


def test_an_answer_about_a_mailbox_that_is_gone_comes_from_the_first() -> None:
    """A changed configuration never keeps an old ticket from being answered."""
    (notice,) = acted(Orders(text="Hi"), make_ticket(mailbox="sales", group="gone", assignee="zoe")).notices
    assert notice.sender.address == SUPPORT
