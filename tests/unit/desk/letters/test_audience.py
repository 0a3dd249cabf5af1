"""No path leads what is internal to a customer: the last look at every letter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.customers.organisations import Organisation, organisations
from mailgateway.desk.letters.audience import FOR_CUSTOMERS, breach, without_agents
from mailgateway.desk.letters.letter import Rendered
from mailgateway.desk.model import Article, ArticleKind, Direction
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.reporting.reveals import Reveals
from mailgateway.desk.reporting.schedule import Every, Schedule
from mailgateway.desk.reporting.subscription import Subscription
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    BOB,
    CARLA,
    FROM_ANNA,
    HARDWARE,
    MALLORY,
    NOW,
    SUPPORT,
    make_candidate,
    make_facts,
    make_policy,
    make_ticket,
)

POLICY = make_policy()
ACME = Organisation("acme", "ACME", contacts=(CARLA.address,))
WITH_ACME = make_policy(
    organisations=organisations([ACME, Organisation("globex", "Globex", contacts=("g@g.example",))])
)
DESK = Address("Example support", SUPPORT)
ANSWER = Article(ArticleKind.PUBLIC, Direction.OUT, DESK, NOW, "Try again.")
ASKED = Article(ArticleKind.PUBLIC, Direction.IN, CARLA, NOW, "It is broken. Is anna@example.com there?")
WORDS = Rendered("Re: Printer", "Try again.\n\n-- \nsupport@example.com", "<p>Try again.</p>")


_PIECES = [
    "anna@example.com",
    "BOB@Example.COM",
    "bob@home.example",
    "straße",
    "İ",
    "ß",
    "jo",
    ".",
    "-",
    "@",
    ">",
    " ",
    "ann",
    "a@b.c",
]


def notice(kind: NoticeKind = NoticeKind.REPLY, **changes: object) -> Notice:
    """Return a letter that may be sent."""
    made = Notice(
        kind=kind,
        audience=Audience.CUSTOMER,
        recipient=CARLA,
        sender=DESK,
        language="en",
        automatic=Automatic.NO,
        ticket=make_ticket(),
        article=ANSWER,
        bound_to=CARLA.key,
    )
    return replace(made, **changes)  # type: ignore[arg-type] # the changes are those of a notice


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (notice(article=replace(ANSWER, kind=ArticleKind.NOTE)), "a note"),
        (notice(bound_to="agent:anna"), "reply address"),
        (notice(bound_to="agent:anna:note"), "reply address"),
        (notice(bound_to="group:hardware"), "reply address"),
        (notice(article=replace(ANSWER, text="#solved\nHello.")), "commands"),
        (notice(article=replace(ANSWER, text="Hello.\n\u200b＃Note: she is difficult")), "commands"),
        (notice(NoticeKind.AGENT_NOTIFICATION), "not for the audience"),
        (notice(audience=Audience.AGENT), "not for the audience"),
        (notice(NoticeKind.AGENT_NOTIFICATION, audience=Audience.AGENT), "for agents alone"),
        (notice(NoticeKind.ALARM, audience=Audience.ADMIN, recipient=FROM_ANNA), "for the admin alone"),
    ],
)
def test_what_is_internal_is_held_back(wrong: Notice, why: str) -> None:
    """A note, the desk's own reply addresses, commands, and whatever is for agents but goes to somebody else."""
    assert breach(notice(), WORDS, POLICY) == ""
    assert why in breach(wrong, WORDS, POLICY)


@pytest.mark.parametrize("place", ["subject", "text", "html"])
def test_no_template_shows_an_agents_address(place: str) -> None:
    """Wherever it stands, in any case of letters, aliases too."""
    for shown in ("<b>Anna@Example.com</b>", "write to bob@home.example.", "mailto:bob@example.com?subject=x"):
        said = f"Ask {shown}"
        words = {"subject": Rendered(said, "", None), "text": Rendered("", said, None), "html": Rendered("", "", said)}[
            place
        ]
        assert breach(notice(), words, POLICY) == "it shows an agent's own address"


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_a_letter_shows_an_agent_where_their_address_would_be_replaced(text: str) -> None:
    """The quick look for an address, which spares nearly every letter the search for all, misses none."""
    is_shown = without_agents(text, "", POLICY) != text
    assert bool(breach(notice(), Rendered("", text, None), POLICY)) is is_shown


def test_what_the_reader_wrote_or_is_may_be_shown() -> None:
    """A customer's own words, and the address of an agent who takes part as a customer."""
    words = replace(WORDS, text="You wrote: Is anna@example.com there?")
    asked = notice(NoticeKind.ACKNOWLEDGEMENT, article=ASKED)
    assert breach(asked, words, POLICY) == ""
    theirs = notice(NoticeKind.STATUS_CHANGED, article=None, ticket=make_ticket(requester=FROM_ANNA))
    assert breach(theirs, words, POLICY) == ""
    assert breach(notice(NoticeKind.STATUS_CHANGED, article=None), words, POLICY) != ""


@pytest.mark.parametrize(
    "recipient", [Address("", ANNA.address), Address("", "BOB@home.example"), Address("", HARDWARE.address)]
)
def test_agents_and_their_groups_are_told_what_is_internal(recipient: Address) -> None:
    """By any address that is theirs."""
    told = notice(NoticeKind.AGENT_FOLLOW_UP, audience=Audience.AGENT, recipient=recipient, bound_to="agent:anna")
    assert breach(told, replace(WORDS, text="anna@example.com"), POLICY) == ""


def test_every_kind_of_notice_has_its_audience() -> None:
    """What is not for customers is for the desk or the admin: a new kind is for the desk until it is said otherwise."""
    for kind in NoticeKind:
        to_customer = notice(kind, article=None, ticket=None, values={"reveals": Reveals("acme")})
        assert (breach(to_customer, Rendered("", "", None), WITH_ACME) == "") is (kind in FOR_CUSTOMERS)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"recipient": MALLORY}, "its contacts alone get them"),
        ({"values": {"reveals": Reveals("globex")}}, "its contacts alone get them"),
        ({"values": {"reveals": Reveals("nobody")}}, "does not say whose"),
        ({"values": {}}, "does not say whose"),
        (
            {"values": {"reveals": Reveals("acme", ("assignee anna", "group hardware"))}},
            "assignee anna, group hardware",
        ),
        ({"audience": Audience.MANAGEMENT}, "not for the audience"),
    ],
)
def test_an_organisations_figures_go_to_its_contacts_alone(changes: dict[str, object], why: str) -> None:
    """Nobody else gets them, and they name nobody and nothing of the desk."""
    values = {"reveals": Reveals("acme")}
    report = notice(NoticeKind.CUSTOMER_REPORT, article=None, ticket=None, bound_to="", values=values)
    found = breach(replace(report, **changes), Rendered("", "", None), WITH_ACME)  # type: ignore[arg-type] # as above
    assert why in found
    assert bool(found) is bool(why)


@pytest.mark.parametrize(
    ("recipient", "may"),
    [
        (Address("", "boss@example.com"), True),
        (Address("", "Boss@Example.com"), True),
        (Address("", "postmaster@example.com"), True),
        (Address("", BOB.address), True),
        (CARLA, False),
        (MALLORY, False),
    ],
)
def test_reports_go_to_those_whom_the_configuration_names(recipient: Address, may: bool) -> None:  # noqa: FBT001 - a case
    """Agents, groups, managers, the admin, and the addresses of a report; no customer, and no alarm to them."""
    told = Subscription("weekly", Schedule(Every.WEEK), addresses=("boss@example.com",))
    policy = make_policy(reports=(told,))
    report = notice(NoticeKind.REPORT, audience=Audience.MANAGEMENT, recipient=recipient, article=None, ticket=None)
    assert (breach(report, WORDS, policy) == "") is may
    alarm = replace(report, kind=NoticeKind.ALARM, audience=Audience.ADMIN)
    assert (breach(alarm, WORDS, policy) == "") is (recipient.address == policy.admin)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Write to anna@example.com.", f"Write to {SUPPORT}."),
        ("<ANNA@example.com>, bob@home.example!", f"<{SUPPORT}>, {SUPPORT}!"),
        ("joanna@example.com anna@example.com.au", "joanna@example.com anna@example.com.au"),
        ("carla@customer.example", "carla@customer.example"),
        ("no address", "no address"),
    ],
)
def test_an_agents_own_address_gives_way_to_the_desks(written: str, shown: str) -> None:
    """What agents write below their answers must not lead customers past the desk."""
    assert without_agents(written, SUPPORT, POLICY) == shown


letters = st.sampled_from(
    ["Hello.", "#note secret", "#reply", "#solved", "anna@example.com", "-- ", "bob@home.example,", ""]
)


@given(st.lists(letters, max_size=6).map("\n".join), st.text(max_size=20), st.sampled_from([CARLA, MALLORY, FROM_ANNA]))
def test_an_answer_is_never_held_back_for_its_words(text: str, note: str, requester: Address) -> None:
    """Whatever an agent writes by mail, what goes out is fit for its readers before the last look."""
    orders = read_orders(f"{text}\n#note {note}", "anna", POLICY).orders
    candidate = make_candidate(make_ticket(requester=requester))
    for one in act(orders, ANNA, candidate, make_facts(candidate), POLICY).notices:
        said = one.article.text if one.article else ""
        assert breach(one, Rendered("", said, None), POLICY) == ""
        assert "secret" not in said
