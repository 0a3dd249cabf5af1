"""Merging: one ticket is closed, the other goes on with everybody."""

from dataclasses import replace

import pytest

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import tickets_named
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Candidate
from mailgateway.desk.incoming import MOST_PARTICIPANTS
from mailgateway.desk.model import LinkKind, Status, Ticket
from mailgateway.desk.plan import Disposition, MergeInto, NoticeKind, Plan, SetStatus
from mailgateway.desk.threads.merging import against_merging
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    ANNA,
    CARLA,
    DAVE,
    FROM_ANNA,
    MALLORY,
    SUPPORT,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

POLICY = make_policy()
JAN = Address("Jan Nowak", "jan@klient.example")
SURVIVOR = make_ticket(8, subject="Server room", requester=JAN, language="pl")


def merged(ticket: Ticket, survivor: Ticket = SURVIVOR, *, sent: int = 0) -> Plan:
    """Let Anna merge a ticket."""
    candidate = make_candidate(ticket)
    facts = make_facts(candidate, make_candidate(survivor), automatic_mails={CARLA.key: sent})
    return act(Orders(merge=survivor.number), ANNA, candidate, facts, POLICY)


def test_the_ticket_is_closed_and_its_people_join_the_other() -> None:
    """Everybody who took part joins, each once; one mail tells the requester, in their language and words."""
    plan = merged(make_ticket(participants=(DAVE, JAN), subject="My printer"))
    assert plan.ticket == 7
    assert plan.changes == (SetStatus(Status.OPEN, Status.CLOSED), MergeInto(8, (CARLA, DAVE)))
    (told,) = plan.notices
    assert (told.kind, told.recipient, told.language) == (NoticeKind.MERGED, CARLA, "en")
    assert told.ticket is not None
    assert (told.ticket.number, told.ticket.subject, told.values["before"]) == (8, "My printer", 7)
    assert (told.bound_to, told.references) == (CARLA.key, ("first@customer.example",))


def test_nobody_is_told_who_had_enough_mail_or_did_it_themselves() -> None:
    """The limit of automatic mails holds, and an agent who merges their own request knows."""
    assert merged(make_ticket(), sent=5).notices == ()
    assert merged(make_ticket(requester=FROM_ANNA)).notices == ()


def test_a_closed_ticket_may_be_merged_too() -> None:
    """Its status stays, its people join."""
    assert merged(make_ticket(status=Status.CLOSED)).changes == (MergeInto(8, (CARLA,)),)


CROWD = tuple(Address("", f"{number}@crowd.example") for number in range(MOST_PARTICIPANTS))


@pytest.mark.parametrize(
    ("orders", "into", "why"),
    [
        (Orders(merge=8), make_candidate(SURVIVOR), ""),
        (Orders(), make_candidate(SURVIVOR), ""),
        (Orders(merge=7), make_candidate(SURVIVOR), "this is ticket 7 itself"),
        (Orders(merge=9), make_candidate(SURVIVOR), "there is no ticket 9"),
        (Orders(merge=8), make_candidate(replace(SURVIVOR, status=Status.CLOSED)), "ticket 8 is closed"),
        (Orders(merge=6), make_candidate(SURVIVOR, formerly=(6,)), "was merged into 8; write #merge 8"),
        (Orders(merge=8), make_candidate(SURVIVOR, links=((LinkKind.MERGED_INTO, 9),)), "was merged into 9"),
        (Orders(merge=8), make_candidate(SURVIVOR, links=((LinkKind.MERGED_INTO, 7),)), "merged into this one before"),
        (Orders(merge=8, status=Status.SOLVED), make_candidate(SURVIVOR), "leave #solved out"),
        (Orders(merge=8, status=Status.CLOSED), make_candidate(SURVIVOR), ""),
        (Orders(merge=8), make_candidate(replace(SURVIVOR, participants=CROWD)), "link both to a problem"),
    ],
)
def test_what_cannot_be_merged_is_said(orders: Orders, into: Candidate, why: str) -> None:
    """Itself, unknown and closed tickets are no survivors, nor is one that was merged; the line names the mend."""
    candidate = make_candidate()
    found = against_merging(orders, candidate, make_facts(candidate, into))
    assert why in found
    assert bool(found) is bool(why)


def test_a_ticket_is_merged_once() -> None:
    """What was merged leads elsewhere already."""
    candidate = make_candidate(links=((LinkKind.MERGED_INTO, 9),))
    assert "is merged into 9 already" in against_merging(
        Orders(merge=8), candidate, make_facts(candidate, make_candidate(SURVIVOR))
    )


def test_an_order_by_mail_that_cannot_be_carried_out_comes_back() -> None:
    """Nothing changes, and the agent gets the mail with the reason."""
    mail = make_mail("#merge 99", sender=FROM_ANNA, to=(token("agent:anna"),))
    plan = decide_mail(make_incoming(mail), make_facts(make_candidate()), POLICY)
    assert plan.disposition is Disposition.REFUSED
    assert plan.notices[0].values["problems"] == ["#merge 99: there is no ticket 99"]


@pytest.mark.parametrize(
    ("mail", "joins"),
    [
        (make_mail(to=(token(CARLA.key, 7),)), True),
        (make_mail(to=(token(MALLORY.key, 7),)), False),
        (make_mail(subject="Re: [#7] Printer"), True),
        (make_mail(subject="Re: [#7] Printer", sender=MALLORY), False),
    ],
)
def test_a_mail_to_the_old_number_lands_on_the_survivor(mail: object, joins: bool) -> None:  # noqa: FBT001
    """Reply addresses and subjects of the merged ticket lead on, for those who take part and nobody else."""
    survivor = make_candidate(replace(SURVIVOR, participants=(CARLA,)), formerly=(7,))
    plan = decide_mail(make_incoming(mail), make_facts(survivor), POLICY)  # type: ignore[arg-type]  # parametrised
    assert (plan.ticket == 8) is joins


def test_numbers_in_commands_are_found_before_anything_is_decided() -> None:
    """Only in commands at the top, a few at most, and never a number that no ticket can have."""
    assert tickets_named("#note x\n#merge 12\n\nsee #merge 13") == (12,)
    assert tickets_named("#merge #12.\n#merge twelve\nhello") == (12,)
    assert tickets_named("\n".join(f"#merge {number}" for number in range(1, 20))) == (1, 2, 3)
    assert tickets_named(f"Hello {SUPPORT}\n#merge 12") == ()
    assert tickets_named("#merge 1234567890123") == ()
