"""One sender opens tickets without end."""

from dataclasses import replace

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.plan import Disposition
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    AUTO_REPLY,
    CARLA,
    DMARC_PASS,
    FROM_ANNA,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

FLOODED = replace(make_facts(), opened=50)
POLICY = make_policy()


def test_the_last_ticket_that_is_allowed_opens_and_the_next_mail_waits() -> None:
    """It is set aside without a word to anybody: the admin's digest tells of it."""
    assert decide_mail(make_incoming(), replace(FLOODED, opened=49), POLICY).disposition is Disposition.OPENED
    plan = decide_mail(make_incoming(), FLOODED, POLICY)
    assert plan.disposition is Disposition.QUARANTINED
    assert plan.notices == ()
    assert plan.changes == ()
    assert "limits.new_tickets_per_hour" in plan.reason


def test_machines_that_say_what_they_are_are_held_back_too() -> None:
    """A flood of marked mail drowns a desk as well."""
    assert decide_mail(make_incoming(verdict=AUTO_REPLY), FLOODED, POLICY).disposition is Disposition.QUARANTINED


def test_without_a_limit_any_number_opens() -> None:
    """A desk may want it all."""
    policy = replace(POLICY, new_tickets_per_hour=None)
    assert decide_mail(make_incoming(), FLOODED, policy).disposition is Disposition.OPENED


@pytest.mark.parametrize("exempt", [CARLA.address, "@customer.example"])
def test_who_is_exempt_is_not_counted(exempt: str) -> None:
    """A monitoring system, or a partner's help desk."""
    policy = replace(POLICY, unlimited=frozenset({exempt}))
    assert decide_mail(make_incoming(), FLOODED, policy).disposition is Disposition.OPENED


def test_what_a_person_lets_in_gets_in() -> None:
    """Their word outweighs the limit."""
    assert decide_mail(make_incoming(released=True), FLOODED, POLICY).disposition is Disposition.OPENED
    assert decide_mail(make_incoming(as_is=True), FLOODED, POLICY).disposition is Disposition.OPENED


def test_a_proven_agent_is_not_held_back() -> None:
    """Who works here may open what they like."""
    mail = make_mail(sender=FROM_ANNA, headers=(DMARC_PASS,))
    assert decide_mail(make_incoming(mail), FLOODED, POLICY).disposition is Disposition.OPENED


def test_who_only_claims_to_be_an_agent_is_held_back() -> None:
    """Anybody can write any From."""
    plan = decide_mail(make_incoming(make_mail(sender=FROM_ANNA)), FLOODED, POLICY)
    assert plan.disposition is Disposition.QUARANTINED


def test_follow_ups_are_never_held_back() -> None:
    """Who answers is in a conversation, whatever else they opened."""
    ticket = make_ticket()
    mail = make_mail(to=(token(CARLA.address, ticket.number),))
    facts = replace(make_facts(make_candidate(ticket)), opened=50)
    assert decide_mail(make_incoming(mail), facts, POLICY).disposition is Disposition.FOLLOWED_UP


def test_naming_a_ticket_is_no_way_around_it() -> None:
    """A stranger who writes a number into the subject opens a ticket, and that counts."""
    mail = make_mail(sender=Address("", "mallory@evil.example"), subject="[#7] Printer")
    facts = replace(make_facts(make_candidate()), opened=50)
    assert decide_mail(make_incoming(mail), facts, POLICY).disposition is Disposition.QUARANTINED
