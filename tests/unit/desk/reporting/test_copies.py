"""Whose a scheduled report is, who reads it, and in which language and time zone."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from mailgateway.desk.customers.organisations import Organisation, organisations
from mailgateway.desk.model import Directory
from mailgateway.desk.plan import Audience, NoticeKind
from mailgateway.desk.reporting.copies import copies
from mailgateway.desk.reporting.notices import copy_notices, ticket_addresses
from mailgateway.desk.reporting.schedule import Every, Schedule
from mailgateway.desk.reporting.subscription import About, Content, Role, Subscription
from mailgateway.mail.outgoing.tokens import read_reply_token
from tests.unit.desk.builders import ANNA, BOB, FIRST_LINE, HARDWARE, SUPPORT, make_policy

MANAGED = replace(HARDWARE, manager="boss@example.com", lead="bob")
WARSAW = ZoneInfo("Europe/Warsaw")
ACME = Organisation("acme", "ACME", language="pl", timezone=WARSAW, contacts=("it@acme.example", "IT@acme.example"))
GLOBEX = Organisation("globex", "Globex", contacts=("g@globex.example",))
QUIET = Organisation("quiet", "Quiet")
POLICY = make_policy(
    directory=Directory((ANNA, BOB), (FIRST_LINE, MANAGED)), organisations=organisations([ACME, GLOBEX, QUIET])
)
WEEKLY = Subscription("weekly", Schedule(Every.WEEK))


def read_by(of: Subscription) -> dict[str, list[str]]:
    """Return the readers of each copy."""
    return {copy.whose: [one.address for one in copy.readers] for copy in copies(of, POLICY)}


@pytest.mark.parametrize(
    ("about", "roles", "readers"),
    [
        (About.DESK, {Role.MANAGERS}, {"": ["boss@example.com"]}),
        (About.DESK, {Role.ADMIN, Role.LEADS}, {"": ["postmaster@example.com", ANNA.address, BOB.address]}),
        (
            About.GROUPS,
            {Role.MEMBERS},
            {"first-line": [ANNA.address, BOB.address], "hardware": [BOB.address, HARDWARE.address]},
        ),
        (About.GROUPS, {Role.MANAGERS}, {"hardware": ["boss@example.com"]}),
        (About.AGENTS, set(), {"anna": [ANNA.address], "bob": [BOB.address]}),
        (About.ORGANISATIONS, set(), {"acme": ["it@acme.example"], "globex": ["g@globex.example"]}),
    ],
)
def test_each_copy_has_its_readers(about: About, roles: set[Role], readers: dict[str, list[str]]) -> None:
    """By what they are to a group, to each once; a copy that nobody reads is not made."""
    assert read_by(replace(WEEKLY, about=about, roles=frozenset(roles))) == readers


def test_addresses_are_named_and_the_desk_is_never_written_to() -> None:
    """What would come back as a ticket is not sent, whatever the configuration became since."""
    of = replace(WEEKLY, addresses=("ceo@example.com", "CEO@example.com", SUPPORT, "support+x@example.com"))
    assert read_by(of) == {"": ["ceo@example.com"]}


def test_only_those_that_are_named() -> None:
    """In any case of letters."""
    assert list(read_by(replace(WEEKLY, about=About.ORGANISATIONS, only=("Acme",)))) == ["acme"]


def test_an_organisation_is_written_to_in_its_language_and_zone() -> None:
    """Else in the report's own language, else in the first mailbox's; and in the zone of the rules."""
    of = replace(WEEKLY, about=About.ORGANISATIONS, language="de")
    acme, globex = copies(of, POLICY)
    assert (acme.language, acme.zone) == ("pl", WARSAW)
    assert (globex.language, globex.zone) == ("de", POLICY.ruleset.timezone)
    (desk,) = copies(replace(WEEKLY, addresses=("ceo@example.com",)), POLICY)
    assert desk.language == "en"


def test_what_goes_to_a_customer_is_a_letter_of_its_own_kind() -> None:
    """With a kind and an audience that the last look knows; the desk's own reports are for management."""
    acme, _ = copies(replace(WEEKLY, about=About.ORGANISATIONS), POLICY)
    (first,) = copy_notices(acme, {}, POLICY)
    assert (first.kind, first.audience, first.recipient.address) == (
        NoticeKind.CUSTOMER_REPORT,
        Audience.CUSTOMER,
        "it@acme.example",
    )
    assert first.values == {"timezone": "Europe/Warsaw", "organisation": "ACME"}
    anna, _ = copies(replace(WEEKLY, about=About.AGENTS, content=Content.DIGEST), POLICY)
    (digest,) = copy_notices(anna, {}, POLICY)
    assert (digest.kind, digest.audience) == (NoticeKind.DIGEST, Audience.MANAGEMENT)


def test_a_mail_to_a_ticket_of_a_digest_stays_inside() -> None:
    """The address is signed for the agent, for notes; nobody else's name gives one."""
    token = read_reply_token(ticket_addresses("bob", (7,), POLICY)[7], POLICY.own_addresses)
    assert token is not None
    assert token.ticket == 7
    assert ticket_addresses("mallory", (7,), POLICY) == {}
