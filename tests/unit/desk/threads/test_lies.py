"""Every way to lie about which ticket a mail belongs to, and the honest mail beside it: who joins, and who does not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgateway.desk.customers.organisations import Organisation, Person, organisations
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Candidate, Earlier, Evidence, Facts
from mailgateway.desk.levels.service_levels import Scope
from mailgateway.desk.model import ArticleKind, Status
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    Disposition,
    NameBy,
    NoticeKind,
    OpenTicket,
    Plan,
    RecordEvent,
    SetStatus,
)
from mailgateway.desk.policy import AgentEvidence, AgentForwards, Colleagues, Conversation, Policy
from mailgateway.desk.threads.naming import keys
from mailgateway.desk.timed.life_cycle import LifeCycle, OwnTimes
from mailgateway.mail.model import Address, Mail, Reply
from mailgateway.mail.outgoing.tokens import letter_mark
from tests.unit.desk.builders import (
    CARLA,
    DAVE,
    DMARC_PASS,
    FROM_ANNA,
    KEY,
    MAILBOX,
    MALLORY,
    NORMAL,
    NOW,
    OLD_KEY,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

OLA = Address("Ola", "ola@gmail.com")
HOME = Address("Carla", "carla@home.example")
PUBLIC = make_candidate(make_ticket(requester=OLA), named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID})
OURS = make_candidate(named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID})
MENTIONED = make_candidate(named_by={"third@party.example": Evidence.MENTIONED})
MARK = letter_mark(KEY, 7)


def decided(
    mail: Mail, *found: Candidate, policy: Policy | None = None, facts: Facts | None = None, forwarded: str = ""
) -> Plan:
    """Decide about a mail."""
    policy = policy or make_policy()
    incoming = make_incoming(mail, reply=Reply(mail.text, quoted=False, forwarded=forwarded))
    incoming = replace(incoming, keys=keys(mail, NORMAL, policy, "support"))
    return decide_mail(incoming, facts or make_facts(*(found or (make_candidate(),))), policy)


def answer(sender: Address, **changes: Any) -> Mail:
    """Return a mail that answers a letter of ours."""
    return make_mail(sender=sender, in_reply_to=("ours@example.com",), **changes)


HONEST = {
    "the requester answers a letter": (answer(CARLA), OURS),
    "a colleague answers the letter": (answer(DAVE), OURS),
    "a colleague answers a mail between third parties": (
        make_mail(sender=DAVE, references=("third@party.example",)),
        MENTIONED,
    ),
    "the mark in a quotation": (make_mail(f"Thanks\n\n> > {MARK}"), make_candidate()),
    "a mangled tag": (make_mail(subject="RE: ［＃ 7］ Printer"), make_candidate()),
}
LIES = {
    "a stranger who knows an id": (answer(MALLORY), OURS),
    "a stranger with the mark": (make_mail(MARK, sender=MALLORY), make_candidate()),
    "a forged mark": (make_mail(letter_mark(b"z" * 32, 7)), make_candidate()),
    "a mark of another ticket": (make_mail(MARK.replace("t7.", "t8.")), make_candidate(make_ticket(8))),
    "a stolen subject tag": (make_mail(sender=MALLORY, subject="[#7] Printer"), make_candidate()),
    "a colleague with nothing but the number": (make_mail(sender=DAVE, subject="[#7] Printer"), make_candidate()),
    "somebody else at a public provider": (answer(Address("", "mallory@gmail.com")), PUBLIC),
    "a stranger with a requester in Reply-To": (answer(MALLORY, reply_to=(CARLA,)), OURS),
    "an agent's address without evidence": (answer(FROM_ANNA), OURS),
    "the sender's own Authentication-Results": (
        answer(FROM_ANNA, headers=(("Authentication-Results", "evil.example; dmarc=pass header.from=example.com"),)),
        OURS,
    ),
    "an agent's reply address used by a customer who takes no part": (
        make_mail(sender=MALLORY, to=(token("agent:anna"),)),
        make_candidate(),
    ),
}


@pytest.mark.parametrize(("mail", "found"), HONEST.values(), ids=HONEST)
def test_who_belongs_to_a_ticket_joins_it(mail: Mail, found: Candidate) -> None:
    """The ticket keeps by which evidence."""
    plan = decided(mail, found)
    assert (plan.disposition, plan.ticket) == (Disposition.FOLLOWED_UP, found.ticket.number)
    assert any(getattr(change, "what", "") == "joined" for change in plan.changes)


@pytest.mark.parametrize(
    ("mail", "proof"),
    [
        (make_mail(sender=FROM_ANNA, to=(token("agent:anna"),)), "token"),
        (answer(FROM_ANNA, headers=(DMARC_PASS,)), "dmarc"),
        (make_mail(sender=FROM_ANNA, to=(token("agent:anna"),), headers=(DMARC_PASS,)), "token, dmarc"),
    ],
)
def test_the_ticket_keeps_what_proved_an_agent(mail: Mail, proof: str) -> None:
    """Beside what led to the ticket."""
    (joined,) = (one for one in decided(mail, OURS).changes if getattr(one, "what", "") == "joined")
    assert isinstance(joined, RecordEvent)
    assert (joined.detail["as"], joined.detail["proof"]) == ("agent anna", proof)


@pytest.mark.parametrize(("mail", "found"), LIES.values(), ids=LIES)
def test_a_lie_opens_a_ticket_of_its_own(mail: Mail, found: Candidate) -> None:
    """It is linked to what it named where that is true, and its writer is not told of it."""
    plan = decided(mail, found)
    assert (plan.disposition, plan.ticket) == (Disposition.OPENED, None)
    assert not any("follows" in notice.values for notice in plan.notices)


@pytest.mark.parametrize("evidence", list(AgentEvidence))
@pytest.mark.parametrize(
    "lie",
    [
        "forged From",
        "stolen tag",
        "token of another agent",
        "token of another ticket",
        "token that a forwarded mail showed",
        "written by the sender",
        "sealed by the sender",
        "sealed by a stranger",
    ],
)
def test_no_policy_of_evidence_believes_a_lie(evidence: AgentEvidence, lie: str) -> None:
    """Whichever evidence is asked for, none of these makes an agent."""
    written = ("Authentication-Results", "mx.evil.example; dmarc=pass header.from=example.com")
    border = ("Authentication-Results", "mx.example.com; dmarc=fail header.from=example.com; arc=pass")
    mails = {
        "token that a forwarded mail showed": make_mail("#solved", sender=MALLORY, to=(token("agent:anna"),)),
        "sealed by the sender": make_mail("#solved", sender=FROM_ANNA, headers=_seal("lists.example.org")),
        "sealed by a stranger": make_mail("#solved", sender=FROM_ANNA, headers=(border, *_seal("evil.example"))),
        "forged From": make_mail("#solved", sender=FROM_ANNA, in_reply_to=("ours@example.com",)),
        "stolen tag": make_mail("#solved", sender=FROM_ANNA, subject="[#7]"),
        "token of another agent": make_mail("#solved", sender=FROM_ANNA, to=(token("agent:bob"),)),
        "token of another ticket": make_mail(
            "#solved", sender=FROM_ANNA, to=(Address("", token("agent:anna", 8).address.replace("t8.", "t7.")),)
        ),
        "written by the sender": make_mail("#solved", sender=FROM_ANNA, subject="[#7]", headers=(written,)),
    }
    policy = make_policy(evidence=evidence, trusted_arc_sealers=("lists.example.org",))
    plan = decided(mails[lie], OURS, policy=policy)
    assert plan.disposition is Disposition.OPENED
    assert not any(isinstance(change, SetStatus) for change in plan.changes)


def _seal(sealer: str) -> tuple[tuple[str, str], ...]:
    return (
        ("ARC-Seal", f"i=1; cv=none; d={sealer}; s=arc; b=abc"),
        ("ARC-Message-Signature", f"i=1; d={sealer}; s=arc; h=from; b=abc"),
        ("ARC-Authentication-Results", f"i=1; mx.{sealer}; dmarc=pass header.from=example.com"),
    )


@pytest.mark.parametrize("evidence", list(AgentEvidence))
@pytest.mark.parametrize("replayed", ["signed with a key put away", "of an agent who left", "of a team that they left"])
def test_an_old_reply_address_is_no_evidence_any_more(evidence: AgentEvidence, replayed: str) -> None:
    """Who kept a mail of long ago can send to its address again: it proves as much as it would if it were new."""
    bound_to, key = {
        "signed with a key put away": ("agent:anna", b"p" * 32),
        "of an agent who left": ("agent:zoe", KEY),
        "of a team that they left": ("group:hardware", KEY),
    }[replayed]
    mail = make_mail("#solved", sender=FROM_ANNA, subject="[#7]", to=(token(bound_to, key=key),))
    plan = decided(mail, OURS, policy=make_policy(evidence=evidence))
    assert plan.disposition is Disposition.OPENED
    assert not any(isinstance(change, SetStatus) for change in plan.changes)


def test_a_customers_old_reply_address_still_leads_to_the_ticket_that_goes_on() -> None:
    """It is no secret of a moment: who takes part may answer an old mail, also after the key was changed."""
    mail = make_mail(to=(token(CARLA.key, key=OLD_KEY),))
    plan = decided(mail, make_candidate(make_ticket(status=Status.SOLVED)))
    assert (plan.disposition, plan.ticket) == (Disposition.FOLLOWED_UP, 7)


@pytest.mark.parametrize(
    "domain", ["pm.me", "att.net", "go2.pl", "arcor.de", "yahoo.ca", "duck.com", "privaterelay.appleid.com"]
)
def test_to_share_a_providers_or_a_forwarders_domain_makes_nobody_a_colleague(domain: str) -> None:
    """Who has an address there knows nothing of who else has one."""
    ticket = make_ticket(requester=Address("Ola", f"ola@{domain}"))
    found = make_candidate(ticket, named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID})
    assert decided(answer(Address("", f"mallory@{domain}")), found).disposition is Disposition.OPENED


def test_colleagues_may_be_kept_out() -> None:
    """With `nobody` only those join who take part."""
    policy = make_policy(conversation=Conversation(colleagues=Colleagues.NOBODY))
    assert decided(answer(DAVE), OURS, policy=policy).disposition is Disposition.OPENED


def test_a_person_joins_from_another_address_of_theirs() -> None:
    """Even by the number, where the organisations say that both addresses are one person's."""
    carla = Person(CARLA.address, (HOME.address,))
    policy = make_policy(organisations=organisations([Organisation("acme", "Acme", people=(carla,))]))
    mail = make_mail(sender=HOME, subject="[#7] Printer")
    assert decided(mail, policy=policy).disposition is Disposition.FOLLOWED_UP
    assert decided(mail).disposition is Disposition.OPENED


def test_a_forwarded_mail_never_joins_but_by_a_signed_address() -> None:
    """What is passed on is a new matter, whatever it quotes."""
    block = "---------- Forwarded message ----------\nFrom: x@third.example\n\nHello"
    fwd = answer(CARLA, subject="Fwd: [#7] Printer", text=block)
    assert decided(fwd, OURS, forwarded=block).disposition is Disposition.OPENED
    signed = replace(fwd, to=(token(CARLA.key),))
    assert decided(signed, OURS, forwarded=block).disposition is Disposition.FOLLOWED_UP


def _passed_on(**changes: Any) -> Plan:
    policy = make_policy(**changes)
    block = f"---------- Forwarded message ----------\nFrom: {CARLA.address}\n\nIt is broken."
    text = f"A private word.\n\n{block}"
    mail = make_mail(
        text,
        sender=FROM_ANNA,
        subject="Fwd: Printer",
        headers=(DMARC_PASS,),
        forwarded_from=CARLA,
        message_id="a@secret",
    )
    return decided(mail, policy=policy, facts=make_facts(), forwarded=block)


def test_what_an_agent_forwards_is_the_ticket_of_who_wrote_it() -> None:
    """The agent's words are a note; their address, words and mail id reach nobody outside."""
    plan = _passed_on()
    opening = plan.changes[0]
    assert isinstance(opening, OpenTicket)
    assert opening.ticket.requester == CARLA
    articles = [change.article for change in plan.changes if isinstance(change, AddArticle)]
    assert [article.kind for article in articles] == [ArticleKind.PUBLIC, ArticleKind.NOTE]
    assert articles[1].text == "A private word."
    [receipt] = [notice for notice in plan.notices if notice.kind is NoticeKind.ACKNOWLEDGEMENT]
    assert receipt.recipient == CARLA
    assert not {"private", "a@secret", FROM_ANNA.address} & set(repr(receipt).split())
    assert "A private word" not in repr(articles[0].text)


def test_a_forward_without_proof_or_against_the_policy_is_the_agents_own() -> None:
    """Anybody can write an agent's address; some desks want no ticket for others, or no letter to them."""
    for changes in (
        {"evidence": AgentEvidence.TOKEN},
        {"conversation": Conversation(agent_forwards=AgentForwards.OWN)},
    ):
        opening = _passed_on(**changes).changes[0]
        assert isinstance(opening, OpenTicket)
        assert opening.ticket.requester == FROM_ANNA
    quiet = _passed_on(conversation=Conversation(agent_forwards=AgentForwards.SILENT))
    assert not [notice for notice in quiet.notices if notice.kind is NoticeKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize(("days", "opens"), [(13, False), (15, True)])
def test_a_ticket_that_was_closed_long_ago_is_followed_by_a_new_one(days: int, opens: bool) -> None:  # noqa: FBT001 - a column of the table
    """Within the time it wakes; after it the new one is linked, and the receipt says so."""
    old = make_ticket(status=Status.CLOSED, status_since=NOW - timedelta(days=days))
    own = OwnTimes(Scope(group=frozenset({"first-line"})), {"reopen_within": timedelta(days=14)})
    policy = make_policy(life_cycle=LifeCycle(reopen_within=timedelta(days=1), exceptions=(own,)))
    plan = decided(make_mail(to=(token(CARLA.key),)), make_candidate(old), policy=policy)
    assert (plan.disposition is Disposition.OPENED) is opens
    if opens:
        assert [change.other for change in plan.changes if isinstance(change, AddLink)] == [7]
        assert plan.notices[0].values["follows"] == 7


def test_the_signed_address_outweighs_the_number_and_the_first_of_two_counts() -> None:
    """A mail to the address of one ticket with the number of another goes to the first."""
    found = (make_candidate(), make_candidate(make_ticket(8)))
    assert decided(make_mail(subject="[#8]", to=(token(CARLA.key),)), *found).ticket == 7
    assert decided(make_mail(to=(token(CARLA.key, 8), token(CARLA.key))), *found).ticket == 8


def test_the_same_subject_joins_only_where_the_mailbox_says_so_and_while_it_is_warm() -> None:
    """For the requester alone; the key that leads there is written when a ticket opens."""
    policy = make_policy(mailboxes=(replace(MAILBOX, same_subject_within=timedelta(days=3)),))
    mail = make_mail(subject="AW: Re: printer")
    name = keys(mail, NORMAL, policy, "support").same_subject
    assert name
    assert keys(mail, NORMAL, make_policy(), "support").same_subject == ""
    for age, joins in ((2, True), (4, False)):
        ticket = make_ticket(updated_at=NOW - timedelta(days=age))
        plan = decided(mail, make_candidate(ticket, named_by={name: Evidence.SAME_SUBJECT}), policy=policy)
        assert (plan.disposition is Disposition.FOLLOWED_UP) is joins
    opened = decided(mail, policy=policy, facts=make_facts())
    assert NameBy((), name) in opened.changes


def test_a_copy_in_another_mailbox_joins_no_conversation_and_answers_once() -> None:
    """Where each mailbox has its own tickets, its own copy is not what it belongs to; an answer is filed once."""
    mention = make_candidate(named_by={"third@party.example": Evidence.MENTIONED})
    copy = Earlier(1, 7, same=True, mailbox="sales")
    mail = make_mail(references=("third@party.example",))
    assert decided(mail, facts=replace(make_facts(mention), copy=copy)).disposition is Disposition.OPENED
    again = decided(answer(CARLA), facts=replace(make_facts(OURS), copy=copy))
    assert (again.disposition, again.ticket) == (Disposition.DUPLICATE, 7)


def test_an_id_is_mentioned_for_five_tickets_at_most() -> None:
    """Nobody buries a conversation under mails that mention it."""
    mail = make_mail(references=("third@party.example", "new@party.example"), sender=MALLORY)
    many = [make_candidate(make_ticket(n), named_by={"third@party.example": Evidence.MENTIONED}) for n in range(1, 6)]
    [names] = [change.names for change in decided(mail, *many).changes if isinstance(change, NameBy)]
    assert names == ("new@party.example",)
