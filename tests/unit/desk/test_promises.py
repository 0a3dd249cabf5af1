"""What holds of the plan for a mail, whatever comes and whatever the database knows."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.desk.decide import Incoming, decide_mail
from mailgateway.desk.facts import Candidate, Earlier, Evidence, Facts
from mailgateway.desk.letters.notices import is_counted
from mailgateway.desk.model import ArticleKind, Status
from mailgateway.desk.plan import (
    AddParticipants,
    Audience,
    Automatic,
    Disposition,
    NoticeKind,
    Plan,
    SetStatus,
)
from mailgateway.desk.policy import AgentEvidence
from mailgateway.mail.model import Address, Kind, Verdict
from tests.unit.desk.builders import (
    ANNA,
    AUTO_REPLY,
    BOB,
    BOUNCE,
    CARLA,
    DAVE,
    DMARC_PASS,
    FROM_ANNA,
    FROM_BOB,
    HARDWARE,
    MALLORY,
    NOW,
    SUPPORT,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    spelled_out,
    token,
)
from tests.unit.desk.deciding import ANNAS, CARLAS, POLICY

people = st.sampled_from([
    CARLA, DAVE, MALLORY, FROM_ANNA, FROM_BOB, Address("", SUPPORT), Address("", "help+x@example.com"),
    Address("Nobody", ""), Address("", HARDWARE.address),
])  # fmt: skip
recipients = st.one_of(
    people,
    st.sampled_from(
        [ANNAS, CARLAS, token("agent:bob"), token("group:hardware"), token(DAVE.key), token("agent:anna", 8)]
    ),
)
SECRET = "sekret-note"
texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "", f"#note {SECRET}", f"#note\n{SECRET}\n#solved", "#solved", "#slove", "#group hardware\nHi", "#assign bob",
        "#help", "#cc mallory@evil.example\nHi", f"#note: {SECRET}\n\n#close",
    ]),
)  # fmt: skip
verdicts = st.one_of(
    st.sampled_from([Verdict(Kind.NORMAL), Verdict(Kind.NORMAL, answerable=False), AUTO_REPLY, BOUNCE]),
    st.builds(
        Verdict, st.sampled_from([kind for kind in Kind if kind is not Kind.NORMAL]), answerable=st.just(value=False)
    ),
)
ids = st.lists(st.sampled_from(["ours@example.com", "theirs@x", "x@x"]), max_size=2).map(tuple)
mails = st.builds(
    make_mail,
    texts,
    subject=st.sampled_from(["Printer", "[#7] Printer", "Re: [#8]", ""]),
    sender=st.one_of(st.none(), people),
    to=st.lists(recipients, max_size=3).map(tuple),
    cc=st.lists(recipients, max_size=2).map(tuple),
    reply_to=st.lists(people, max_size=2).map(tuple),
    message_id=st.sampled_from([None, "m@x"]),
    in_reply_to=ids,
    references=ids,
    headers=st.sampled_from([(), (DMARC_PASS,)]),
)
incomings = st.builds(
    make_incoming,
    mails,
    verdicts,
    mailbox=st.sampled_from(["support", "gone"]),
    too_large=st.sampled_from([0, 0, 0, 30_000_000]),
    released=st.booleans(),
)
customers = st.sampled_from([CARLA, DAVE, Address("Nobody", ""), Address("", SUPPORT)])
tickets = st.builds(
    make_ticket,
    st.just(7),
    status=st.sampled_from(Status),
    group=st.sampled_from(["first-line", "hardware", "gone"]),
    assignee=st.sampled_from([None, "anna", "zoe"]),
    mailbox=st.sampled_from(["support", "gone"]),
    requester=customers,
    participants=st.lists(customers, max_size=2).map(tuple),
)
counts = st.dictionaries(st.sampled_from([CARLA.key, DAVE.key, MALLORY.key, ANNA.address]), st.integers(0, 7))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Draw what the database may know."""
    named = draw(
        st.sampled_from([{}, {"ours@example.com": Evidence.OUR_MESSAGE_ID}, {"theirs@x": Evidence.MESSAGE_ID}])
    )
    seven = Candidate(draw(tickets), named, draw(st.sampled_from([(), ("first@customer.example",)])))
    found = draw(st.sampled_from([(), (seven,), (Candidate(make_ticket(8)), seven)]))
    earlier = draw(st.sampled_from([None, None, None, Earlier(1, 7, same=True), Earlier(1, None, same=False)]))
    return Facts(NOW, "mail-1", found, earlier, draw(counts))


@settings(max_examples=400)
@given(incomings, facts(), st.sampled_from(AgentEvidence))
def test_whatever_comes_the_promises_hold(incoming: Incoming, known: Facts, evidence: AgentEvidence) -> None:
    """Every mail has a plan; no customer gets a note or an agent's address; no machine an answer; nobody too many."""
    policy = make_policy(evidence=evidence)
    plan = decide_mail(incoming, known, policy)
    for notice in plan.notices:
        assert "@" in notice.recipient.address
        assert not policy.is_ours(notice.recipient.address)
        assert notice.automatic is not Automatic.REPLIED or incoming.verdict.answerable
    _check_nothing_private(plan)
    _check_budget(plan, known)
    if incoming.verdict.is_machine:
        _check_machine(plan)


def _check_nothing_private(plan: Plan) -> None:
    """An acknowledgement or a rejection is left out: it gives the writer their own words back."""
    answers = (NoticeKind.REPLY, NoticeKind.STATUS_CHANGED, NoticeKind.ADDED)
    for notice in plan.notices:
        assert (notice.audience is Audience.CUSTOMER) is (notice.kind in (*answers, *_OWN_WORDS))
        if notice.kind in answers:
            everything = spelled_out(notice)
            assert SECRET not in everything
            assert notice.article is None or notice.article.kind is not ArticleKind.NOTE
            assert not any(address in everything for agent in (ANNA, BOB) for address in agent.addresses)


_OWN_WORDS = (NoticeKind.ACKNOWLEDGEMENT, NoticeKind.REJECTED)


def _check_budget(plan: Plan, known: Facts) -> None:
    usual, of_agents = POLICY.automatic_mails_per_hour, POLICY.agents.mails_per_hour
    sent = Counter((one.recipient.key, one.audience) for one in plan.notices if is_counted(one))
    for (key, audience), count in sent.items():
        most = of_agents if audience is Audience.AGENT else usual
        assert known.automatic_mails.get(key, 0) + count <= most


def _check_machine(plan: Plan) -> None:
    assert not any(notice.audience is Audience.CUSTOMER for notice in plan.notices)
    assert not any(isinstance(change, SetStatus | AddParticipants) for change in plan.changes)
    assert plan.disposition is Disposition.OPENED or plan.notices == ()
