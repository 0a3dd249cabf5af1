"""Which ticket a mail belongs to, and who may add to it."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.facts import Candidate, Evidence
from mailgateway.desk.model import Agent, Directory, Group
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.threads.naming import MOST_IDS, MOST_TOKENS, keys
from mailgateway.desk.threads.thread import (
    Thread,
    bound_to_agent,
    bound_to_group,
    for_notes,
    may_join,
    threads,
    writer,
)
from mailgateway.mail.model import Address, Headers, Kind, Mail, Verdict
from mailgateway.mail.outgoing.tokens import letter_mark
from mailgateway.mail.written.subjects import without_tags
from tests.unit.desk.builders import (
    ANNA,
    AUTO_REPLY,
    BOB,
    CARLA,
    DAVE,
    FIRST_LINE,
    FROM_ANNA,
    HARDWARE,
    KEY,
    MAILBOX,
    MALLORY,
    NORMAL,
    OLD_KEY,
    SUPPORT,
    make_candidate,
    make_facts,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

POLICY = make_policy()


def thread_of(mail: Mail, *candidates: Candidate, verdict: Verdict = NORMAL) -> Thread | None:
    """Choose the ticket of a mail among candidates."""
    return next(threads(verdict, keys(mail, verdict, POLICY), make_facts(*candidates), POLICY), None)


@pytest.mark.parametrize(
    ("sender", "reply_to", "expected"),
    [
        (CARLA, (), CARLA),
        (CARLA, (DAVE,), DAVE),
        (CARLA, (DAVE, MALLORY), CARLA),
        (CARLA, (Address("", "CARLA@customer.example"),), CARLA),
        (CARLA, (Address("", SUPPORT),), CARLA),
        (CARLA, (Address("", "Help@Example.com"),), CARLA),
        (CARLA, (Address("", "support+t7.abc@example.com"),), CARLA),
        (CARLA, (Address("", SUPPORT), DAVE), DAVE),
        (CARLA, (Address("broken", ""),), CARLA),
        (None, (DAVE,), DAVE),
        (None, (), Address("", "")),
    ],
)
def test_the_writer_is_the_one_reply_to_that_is_not_ours_else_the_sender(
    sender: Address | None, reply_to: tuple[Address, ...], expected: Address
) -> None:
    """Reply-To names the writer where it names exactly one other person; never one of our own addresses."""
    assert writer(make_mail(sender=sender, reply_to=reply_to), POLICY) == expected


def test_tokens_are_read_from_every_field_that_names_a_recipient() -> None:
    """To, Cc and the trace fields of the delivery may hold the reply address."""
    addresses = [token(f"x{n}", number=n).address for n in range(1, 5)]
    mail = make_mail(
        to=(Address("", addresses[0]),),
        cc=(Address("", addresses[1]),),
        headers=(("Delivered-To", addresses[2]), ("X-Original-To", f"<{addresses[3]}>")),
    )
    assert [found.ticket for found in keys(mail, NORMAL, POLICY).tokens] == [1, 2, 3, 4]


def test_ids_come_nearest_first_and_bounded() -> None:
    """The id of a bounced letter, then In-Reply-To, then References from the end, each once."""
    verdict = Verdict(Kind.BOUNCE, answerable=False, about="bounced@x")
    mail = make_mail(in_reply_to=("b@x",), references=("a@x", "b@x", "c@x"))
    assert keys(mail, verdict, POLICY).message_ids == ("bounced@x", "b@x", "c@x", "a@x")
    flood = make_mail(
        references=tuple(f"{n}@x" for n in range(1000)),
        to=tuple(token("x", number=n) for n in range(1, 100)),
    )
    found = keys(flood, NORMAL, POLICY)
    assert (len(found.message_ids), len(found.tokens)) == (MOST_IDS, MOST_TOKENS)


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: [#7] Printer", 7),
        ("[#1] Fwd: [#7] Printer", 7),
        ("Printer", None),
        ("#7", None),
        ("[#٧]", None),
        ("[#1234567890123]", None),
    ],
)
def test_the_last_number_in_the_subject_counts(subject: str, number: int | None) -> None:
    """Only our own spelling of a ticket number is one."""
    assert keys(make_mail(subject=subject), NORMAL, POLICY).subject_number == number


def test_numbers_are_taken_out_of_a_subject() -> None:
    """What looks like the number of another ticket would lead the answers astray."""
    assert without_tags("Re: [#7] Printer [#8]\tagain") == "Re: Printer again"


def test_a_customers_reply_address_is_proof_whoever_writes() -> None:
    """Signed for the requester, in any case of letters and with any key that is still believed."""
    for address in (token(CARLA.key), token(CARLA.key, key=OLD_KEY), Address("", token(CARLA.key).address.upper())):
        thread = thread_of(make_mail(sender=MALLORY, to=(address,)), make_candidate())
        assert thread is not None
        assert (thread.evidence, thread.as_participant, thread.agents) == (Evidence.TOKEN, True, ())
        assert may_join(make_mail(sender=MALLORY), NORMAL, thread, POLICY)


@pytest.mark.parametrize("bound_to", [bound_to_agent(ANNA), bound_to_group(FIRST_LINE)])
def test_a_reply_address_says_whether_the_answer_stays_inside(bound_to: str) -> None:
    """Notices about work are answered to the customer; what is internal carries an address for notes."""
    about_work = thread_of(make_mail(to=(token(bound_to),)), make_candidate())
    internal = thread_of(make_mail(to=(token(bound_to), token(for_notes(bound_to)))), make_candidate())
    assert about_work is not None
    assert internal is not None
    assert (about_work.inside, internal.inside) == (False, True)
    assert about_work.agents == internal.agents


@pytest.mark.parametrize(
    ("bound_to", "agents"),
    [(bound_to_agent(ANNA), (ANNA,)), (bound_to_group(FIRST_LINE), (ANNA, BOB)), (bound_to_group(HARDWARE), (BOB,))],
)
def test_the_desks_reply_addresses_vouch_for_agents_and_prove_no_customer(
    bound_to: str, agents: tuple[Agent, ...]
) -> None:
    """An agent's vouches for that agent, a group's for its members; a stranger who holds one may not join by it."""
    thread = thread_of(make_mail(to=(token(bound_to),)), make_candidate())
    assert thread is not None
    assert (thread.evidence, thread.as_participant, thread.agents) == (Evidence.TOKEN, False, agents)
    assert not may_join(make_mail(sender=MALLORY), NORMAL, thread, POLICY)
    assert not may_join(make_mail(sender=FROM_ANNA), NORMAL, thread, POLICY)


def test_a_group_without_members_vouches_for_nobody() -> None:
    """Nobody becomes a participant because a group is empty."""
    empty = Group("empty", "Empty", (), address="empty@example.com")
    policy = make_policy(directory=Directory((ANNA,), (empty,)))
    mail = make_mail(sender=MALLORY, to=(token("group:empty"),))
    thread = next(threads(NORMAL, keys(mail, NORMAL, policy), make_facts(make_candidate()), policy), None)
    assert thread is not None
    assert not thread.as_participant
    assert not may_join(mail, NORMAL, thread, POLICY)


def test_a_requester_without_address_is_proven_by_no_signature() -> None:
    """A reply address signed for nobody belongs to nobody."""
    nobody = make_candidate(make_ticket(requester=Address("", "")))
    assert thread_of(make_mail(to=(token(""),)), nobody) is None
    assert not may_join(make_mail(sender=None), NORMAL, Thread(nobody, Evidence.SUBJECT), POLICY)
    assert not may_join(make_mail(sender=Address("x", "")), NORMAL, Thread(nobody, Evidence.SUBJECT), POLICY)


def _changed(address: Address) -> Address:
    local, _, domain = address.address.partition("@")
    return Address("", f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}")


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(_changed(token(CARLA.key)), id="one letter changed"),
        pytest.param(
            Address("", token(CARLA.key, 8).address.replace("+t8.", "+t7.")), id="signature of another ticket"
        ),
        pytest.param(token(CARLA.key, key=b"z" * 32), id="signed with another key"),
        pytest.param(token(MALLORY.key), id="signed for somebody who takes no part"),
        pytest.param(token("agent:mallory"), id="signed for an agent who is none"),
        pytest.param(Address("", token(CARLA.key).address.replace("support+", "sales+")), id="not our address"),
        pytest.param(Address("", token(CARLA.key).address.replace("example.com", "evil.example")), id="not our domain"),
    ],
)
def test_a_false_reply_address_names_no_ticket(lie: Address) -> None:
    """What is not signed by us, for somebody of this ticket, says nothing."""
    assert thread_of(make_mail(to=(lie,)), make_candidate()) is None


def test_a_reply_address_of_another_ticket_joins_that_ticket_alone() -> None:
    """The signature names the ticket; an id of a second ticket beside it changes nothing."""
    seven = make_candidate(named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID})
    eight = make_candidate(make_ticket(8))
    mail = make_mail(to=(token(CARLA.key, 8),), in_reply_to=("ours@example.com",))
    thread = thread_of(mail, seven, eight)
    assert thread is not None
    assert (thread.candidate.ticket.number, thread.evidence) == (8, Evidence.TOKEN)


def test_the_first_reply_address_that_is_true_counts() -> None:
    """A false one before it does no harm."""
    thread = thread_of(make_mail(to=(_changed(token(CARLA.key)), token(CARLA.key))), make_candidate())
    assert thread is not None
    assert thread.evidence is Evidence.TOKEN


def test_our_ids_come_before_others_and_near_ones_before_far_ones() -> None:
    """The order is that of the mail, not that in which tickets were found."""
    far = make_candidate(make_ticket(8), named_by={"far@example.com": Evidence.OUR_MESSAGE_ID})
    near = make_candidate(make_ticket(7), named_by={"near@example.com": Evidence.OUR_MESSAGE_ID})
    foreign = make_candidate(make_ticket(9), named_by={"foreign@x": Evidence.MESSAGE_ID})
    mail = make_mail(in_reply_to=("foreign@x",), references=("far@example.com", "near@example.com"))
    thread = thread_of(mail, foreign, far, near)
    assert thread is not None
    assert (thread.candidate.ticket.number, thread.evidence) == (7, Evidence.OUR_MESSAGE_ID)
    thread = thread_of(mail, foreign)
    assert thread is not None
    assert thread.evidence is Evidence.MESSAGE_ID


STRONGEST_FIRST = (
    Evidence.TOKEN,
    Evidence.OUR_MESSAGE_ID,
    Evidence.MESSAGE_ID,
    Evidence.MENTIONED,
    Evidence.MARK,
    Evidence.SUBJECT,
    Evidence.THREAD_INDEX,
    Evidence.SAME_SUBJECT,
)
_INDEX = base64.b64encode(b"\x01\xdc" + bytes(range(20))).decode()
_BY_ID = {
    Evidence.OUR_MESSAGE_ID: "ours@example.com",
    Evidence.MESSAGE_ID: "theirs@customer.example",
    Evidence.MENTIONED: "third@party.example",
}


def _names_all(policy: Policy, weakest: Sequence[Evidence]) -> tuple[Mail, list[Candidate]]:
    """Make a mail that names a ticket of its own by each of these ways: 10, 11 and so on, the strongest first."""
    mail = make_mail(subject="Printer", references=tuple(_BY_ID[one] for one in weakest if one in _BY_ID))
    number = {evidence: 10 + place for place, evidence in enumerate(STRONGEST_FIRST)}
    if Evidence.TOKEN in weakest:
        mail = replace(mail, to=(token(CARLA.key, number[Evidence.TOKEN]),))
    if Evidence.MARK in weakest:
        mail = replace(mail, text=f"> {letter_mark(KEY, number[Evidence.MARK])}")
    if Evidence.SUBJECT in weakest:
        mail = replace(mail, subject=f"RE: [#{number[Evidence.SUBJECT]}] Printer")
    if Evidence.THREAD_INDEX in weakest:
        mail = replace(mail, headers=Headers((("Thread-Index", _INDEX),)))
    found = keys(mail, NORMAL, policy, "support")
    names = {**_BY_ID, Evidence.THREAD_INDEX: found.thread_index, Evidence.SAME_SUBJECT: found.same_subject}
    candidates = [
        make_candidate(make_ticket(number[one]), named_by={names[one]: one} if one in names else {}) for one in weakest
    ]
    return mail, candidates[::-1]


@pytest.mark.parametrize("strongest", range(len(STRONGEST_FIRST)))
def test_of_all_that_a_mail_names_the_strongest_evidence_counts(strongest: int) -> None:
    """Each outweighs every one after it, in whatever order the tickets were found."""
    policy = replace(POLICY, mailboxes=(replace(MAILBOX, same_subject_within=timedelta(days=1)),))
    mail, candidates = _names_all(policy, STRONGEST_FIRST[strongest:])
    found = list(threads(NORMAL, keys(mail, NORMAL, policy, "support"), make_facts(*candidates), policy))
    assert [one.evidence for one in found] == list(STRONGEST_FIRST[strongest:])
    assert [one.candidate.ticket.number for one in found] == list(range(10 + strongest, 18))


def test_a_delivery_report_is_about_our_letters_only() -> None:
    """A bounce that names somebody else's mail of a ticket is not about the ticket."""
    verdict = Verdict(Kind.BOUNCE, answerable=False, about="theirs@x")
    assert thread_of(make_mail(), make_candidate(named_by={"theirs@x": Evidence.MESSAGE_ID}), verdict=verdict) is None
    thread = thread_of(make_mail(), make_candidate(named_by={"theirs@x": Evidence.OUR_MESSAGE_ID}), verdict=verdict)
    assert thread is not None
    assert may_join(make_mail(sender=None), verdict, thread, POLICY)


def test_the_number_in_the_subject_is_the_weakest_evidence() -> None:
    """It names a ticket where nothing else does."""
    thread = thread_of(make_mail(subject="[#7] Printer"), make_candidate())
    assert thread is not None
    assert thread.evidence is Evidence.SUBJECT


@pytest.mark.parametrize("evidence", [Evidence.OUR_MESSAGE_ID, Evidence.MESSAGE_ID, Evidence.SUBJECT])
@pytest.mark.parametrize(
    ("mail", "joins"),
    [
        (make_mail(sender=CARLA), True),
        (make_mail(sender=Address("", "CARLA@Customer.Example")), True),
        (make_mail(sender=DAVE), True),
        (make_mail(sender=MALLORY), False),
        (make_mail(sender=MALLORY, reply_to=(CARLA,)), False),
        (make_mail(sender=Address(CARLA.address, MALLORY.address)), False),
        (make_mail(sender=None), False),
    ],
)
def test_without_a_signature_only_who_takes_part_may_join(evidence: Evidence, mail: Mail, joins: bool) -> None:  # noqa: FBT001 - a column of the table
    """The sender must be the requester or a participant; a Reply-To or a display name makes nobody one."""
    thread = Thread(make_candidate(make_ticket(participants=(DAVE,))), evidence)
    assert may_join(mail, NORMAL, thread, POLICY) is joins


@pytest.mark.parametrize(
    ("evidence", "joins"),
    [
        (Evidence.TOKEN, True),
        (Evidence.OUR_MESSAGE_ID, True),
        (Evidence.MESSAGE_ID, False),
        (Evidence.SUBJECT, False),
    ],
)
def test_a_machine_joins_by_what_only_our_letters_tell(evidence: Evidence, joins: bool) -> None:  # noqa: FBT001 - a column of the table
    """An out-of-office reply comes from any address; an id of ours or a signed address shows what it answers."""
    thread = Thread(make_candidate(), evidence, agents=(ANNA,) if evidence is Evidence.TOKEN else ())
    assert may_join(make_mail(sender=MALLORY), AUTO_REPLY, thread, POLICY) is joins


def test_a_machine_of_somebody_who_takes_part_joins() -> None:
    """An out-of-office reply that kept nothing but the subject is kept with the ticket of its owner."""
    assert may_join(make_mail(sender=CARLA), AUTO_REPLY, Thread(make_candidate(), Evidence.SUBJECT), POLICY)


words = st.text(max_size=40)
ids = st.sampled_from(["ours@example.com", "theirs@x", "unknown@x"])
people = st.sampled_from([CARLA, DAVE, FROM_ANNA, Address("", SUPPORT), MALLORY, Address("", "")])
strangers = st.sampled_from([MALLORY, FROM_ANNA, Address(CARLA.address, "x@evil.example"), Address("", ""), None])


@given(
    sender=strangers,
    subject=st.one_of(words, words.map("[#7] {}".format)),
    to=st.lists(people, max_size=3),
    reply_to=st.lists(people, max_size=3),
    in_reply_to=st.lists(ids, max_size=3),
    references=st.lists(ids, max_size=5),
    fields=st.lists(st.tuples(st.sampled_from(["From", "Sender", "Delivered-To", "X-Loop", "References"]), words)),
)
def test_a_stranger_never_joins_by_subject_or_message_id(
    sender: Address | None,
    subject: str,
    to: list[Address],
    reply_to: list[Address],
    in_reply_to: list[str],
    references: list[str],
    fields: list[tuple[str, str]],
) -> None:
    """Whatever a stranger writes into a mail, without a signed reply address it joins no ticket."""
    mail = make_mail(
        sender=sender,
        subject=subject,
        to=tuple(to),
        reply_to=tuple(reply_to),
        in_reply_to=tuple(in_reply_to),
        references=tuple(references),
        headers=tuple(fields),
    )
    named = make_candidate(named_by={"ours@example.com": Evidence.OUR_MESSAGE_ID, "theirs@x": Evidence.MESSAGE_ID})
    thread = thread_of(mail, named)
    assert thread is None or not may_join(mail, NORMAL, thread, POLICY)


def test_an_alias_with_a_detail_part_is_ours() -> None:
    """Plus addresses may be aliases themselves; the address without the detail need not be ours."""
    mailbox = MailboxPolicy("s", "desk+support@example.com", "", POLICY.mailboxes[0].default)
    policy = make_policy(mailboxes=(mailbox,))
    assert policy.is_ours("Desk+Support@example.com")
    assert policy.is_ours("desk+support+t7.abc@example.com")
    assert not policy.is_ours("desk@example.com")
    assert not policy.is_ours("desk+supporters@example.com")
    assert not policy.is_ours("desk+support@evil.example")
    assert not policy.is_ours("nonsense")
