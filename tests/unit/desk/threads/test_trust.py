"""How far From is believed: every way to lie about being an agent, and that it does not work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.facts import Evidence
from mailgateway.desk.model import Agent, Directory
from mailgateway.desk.policy import AgentEvidence, Policy
from mailgateway.desk.threads.thread import Thread
from mailgateway.desk.threads.trust import claimed_agent, proofs, proven_agent
from mailgateway.mail.model import Address, Mail
from mailgateway.mail.parse import parse
from tests.unit.desk.builders import (
    ANNA,
    BOB,
    CARLA,
    DMARC_PASS,
    FROM_ANNA,
    FROM_BOB,
    MALLORY,
    make_candidate,
    make_mail,
    make_policy,
    make_ticket,
)

POLICY = make_policy()
OF_ANNA = Thread(make_candidate(), Evidence.TOKEN, agents=(ANNA,))
OF_TEAM = Thread(make_candidate(), Evidence.TOKEN, agents=(ANNA, BOB))
OF_CUSTOMER = Thread(make_candidate(), Evidence.TOKEN, as_participant=True)
BY_SUBJECT = Thread(make_candidate(), Evidence.SUBJECT)
PLAIN, PASSED = make_mail(sender=FROM_ANNA), make_mail(sender=FROM_ANNA, headers=(DMARC_PASS,))


def passes(*values: str, domain: str = "example.com", policy: Policy = POLICY) -> bool:
    """Ask whether Authentication-Results fields, topmost first, show a pass for a From of this domain."""
    headers = tuple(("Authentication-Results", value) for value in values)
    return bool(proofs(make_mail(sender=Address("", f"anna@{domain}"), headers=headers), policy, token=False))


@pytest.mark.parametrize(
    "written",
    [
        "Sender: anna@example.com",
        "From: mallory at example.com\nSender: anna@example.com",
        "From: anna@example.com\nFrom: mallory@example.com",
        "From: anna@example.com, mallory@example.com",
        "From: staff:;\nSender: anna@example.com",
    ],
)
def test_who_is_named_by_anything_but_one_from_is_vouched_for_by_nobody(written: str) -> None:
    """A server checks who wrote as From says; Sender may hold anything, and stands in where From names nobody."""
    mail = parse(f"{DMARC_PASS[0]}: {DMARC_PASS[1]}\n{written}\n\n#solved".encode())
    assert claimed_agent(mail, POLICY) == ANNA
    assert proven_agent(mail, None, POLICY) is None


@pytest.mark.parametrize(
    ("address", "agents_own"),
    [("anna@straße.example", "anna@strasse.example"), ("strauß@example.com", "strauss@example.com")],
)
def test_a_name_that_case_folding_makes_another_is_another(address: str, agents_own: str) -> None:
    """IDNA 2008 lets two owners have a domain with ß and one with ss."""
    agent = Agent("anna", "Anna", agents_own)
    policy = make_policy(directory=Directory((agent,), ()))
    for sender, is_believed in ((address, False), (agents_own.upper(), True)):
        domain = sender.rpartition("@")[2]
        results = ("Authentication-Results", f"mx.example.com; dmarc=pass header.from={domain}")
        mail = make_mail(sender=Address("", sender), headers=(results,))
        assert (proven_agent(mail, None, policy) == agent) is is_believed
    assert not passes("mx.example.com; dmarc=pass header.from=straße.example", domain="strasse.example")


@pytest.mark.parametrize(
    ("evidence", "token_alone", "dmarc_alone", "both"),
    [
        (AgentEvidence.TOKEN, ANNA, None, ANNA),
        (AgentEvidence.DMARC, None, ANNA, ANNA),
        (AgentEvidence.TOKEN_OR_DMARC, ANNA, ANNA, ANNA),
        (AgentEvidence.TOKEN_AND_DMARC, None, None, ANNA),
    ],
)
def test_the_policy_says_which_evidence_is_enough(
    evidence: AgentEvidence, token_alone: Agent | None, dmarc_alone: Agent | None, both: Agent | None
) -> None:
    """A signed reply address, a trusted DMARC pass, either or both; without any, nobody is an agent."""
    policy = make_policy(evidence=evidence)
    assert proven_agent(PLAIN, OF_ANNA, policy) == token_alone
    assert proven_agent(PASSED, BY_SUBJECT, policy) == dmarc_alone
    assert proven_agent(PASSED, OF_ANNA, policy) == both
    assert proven_agent(PLAIN, BY_SUBJECT, policy) is None


def test_an_agent_is_known_at_every_address_of_theirs() -> None:
    """An alias is as good as the address, and a group's reply address as good as a member's own."""
    at_home = make_mail(sender=Address("", "Bob@Home.example"))
    assert proven_agent(at_home, OF_TEAM, POLICY) == BOB
    assert claimed_agent(at_home, POLICY) == BOB
    assert claimed_agent(make_mail(sender=None), POLICY) is None


@pytest.mark.parametrize(
    ("mail", "thread"),
    [
        pytest.param(PLAIN, BY_SUBJECT, id="forged From with a stolen subject tag"),
        pytest.param(PLAIN, None, id="forged From without anything"),
        pytest.param(PLAIN, OF_CUSTOMER, id="a customer's reply address with an agent's From"),
        pytest.param(PASSED, OF_CUSTOMER, id="an agent answering as a participant"),
        pytest.param(make_mail(sender=FROM_BOB), OF_ANNA, id="another agent's reply address"),
        pytest.param(make_mail(sender=MALLORY), OF_ANNA, id="an agent's reply address used by a stranger"),
        pytest.param(make_mail(sender=CARLA), OF_TEAM, id="a group's reply address used by a customer"),
        pytest.param(make_mail(sender=None), OF_ANNA, id="nobody's mail to an agent's reply address"),
        pytest.param(make_mail(sender=MALLORY, reply_to=(FROM_ANNA,)), OF_ANNA, id="an agent in Reply-To"),
        pytest.param(make_mail(sender=Address(ANNA.address, MALLORY.address)), OF_ANNA, id="an agent as display name"),
    ],
)
def test_a_claim_without_evidence_is_not_believed(mail: Mail, thread: Thread | None) -> None:
    """Nobody becomes an agent by writing a header, or by holding what was signed for somebody else."""
    assert proven_agent(mail, thread, POLICY) is None


@pytest.mark.parametrize("evidence", [Evidence.OUR_MESSAGE_ID, Evidence.MESSAGE_ID, Evidence.SUBJECT])
def test_an_agent_who_takes_part_speaks_as_one_who_takes_part(evidence: Evidence) -> None:
    """An agent who wrote as a customer does not answer themself; with their agent's reply address they do command."""
    own = make_candidate(make_ticket(requester=FROM_ANNA))
    assert proven_agent(PASSED, Thread(own, evidence), POLICY) is None
    assert proven_agent(PASSED, Thread(own, Evidence.TOKEN, agents=(ANNA,)), POLICY) == ANNA


@pytest.mark.parametrize(
    "value",
    [
        "mx.example.com; dmarc=pass header.from=example.com",
        "MX.Example.Com 1; DMARC = Pass (p=reject; dis=none) Header.From=EXAMPLE.com",
        "mx.example.com;\r\n\tspf=pass smtp.mailfrom=a+srs=b=c@example.com;\r\n\tdmarc=pass header.from=example.com",
        'mx.example.com; dkim=pass header.b="a/b=" header.d=example.com; dmarc=pass header.from="example.com";',
        'mx.example.com (a comment (nested \\) one)); dmarc/1=pass reason="all; well" header.from=example.com',
    ],
)
def test_a_trusted_pass_is_read_in_every_spelling(value: str) -> None:
    """Case, folding, comments, versions and quotes are free (RFC 8601 section 2.2)."""
    assert passes(value)


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param(("mx.evil.example; dmarc=pass header.from=example.com",), id="untrusted server"),
        pytest.param(("mx.example.com.evil.example; dmarc=pass header.from=example.com",), id="longer server name"),
        pytest.param(("mx.evil.example mx.example.com; dmarc=pass header.from=example.com",), id="name as version"),
        pytest.param(
            (
                "mx.example.com; dmarc=fail header.from=example.com",
                "mx.example.com; dmarc=pass header.from=example.com",
            ),
            id="written by the sender below ours",
        ),
        pytest.param(
            ("mx.example.com; spf=pass", "mx.example.com; dmarc=pass header.from=example.com"), id="ours is silent"
        ),
        pytest.param(
            ("mx.example.com; spf=pass (", "mx.example.com; dmarc=pass header.from=example.com"), id="ours is spoilt"
        ),
        pytest.param(("mx.example.com; dmarc=pass header.from=evil.example",), id="another domain"),
        pytest.param(("mx.example.com; dmarc=pass header.from=sub.example.com",), id="a subdomain"),
        pytest.param(("mx.example.com; dmarc=pass",), id="no domain"),
        pytest.param(
            ("mx.example.com; dmarc=pass header.from=evil.example header.from=example.com",), id="two domains"
        ),
        pytest.param(("mx.example.com; none (dmarc=pass header.from=example.com)",), id="in a comment"),
        pytest.param(("mx.example.com; (; dmarc=pass header.from=example.com",), id="in a comment without end"),
        pytest.param(("mx.example.com; spf=none (a\\); dmarc=pass header.from=example.com)",), id="in a long comment"),
        pytest.param(('mx.example.com; spf=none reason="; dmarc=pass header.from=example.com"',), id="in quotes"),
        pytest.param(
            ('mx.example.com; spf=none reason="\\"; dmarc=pass header.from=example.com"',), id="escaped quote"
        ),
        pytest.param(('"mx.evil.example; mx.example.com"; dmarc=pass header.from=example.com',), id="quoted server"),
        pytest.param(("mx.example.com; spf=none smtp.helo=dmarc=pass header.from=example.com",), id="property value"),
        pytest.param(("mx.example.com; spf=none dmarc=pass header.from=example.com",), id="property of another method"),
        pytest.param(('mx.example.com; "dmarc"=pass header.from=example.com',), id="quoted method"),
        pytest.param(("mx.example.com; xdmarc=pass header.from=example.com",), id="another method"),
        pytest.param(("mx.example.com; dmarc=passed header.from=example.com",), id="another result"),
        pytest.param(("mx.example.com; dmarc==pass header.from=example.com",), id="two equals signs"),
        pytest.param(
            ("mx.example.com; dmarc=pass header.from=example.com; dmarc=fail header.from=evil.example",),
            id="two results",
        ),
        pytest.param(
            ("mx.example.com; dmarc=pass header.from=example.com; dmarc=pass header.from=example.com",),
            id="the same result twice",
        ),
        pytest.param(("dmarc=pass header.from=example.com",), id="no server"),
        pytest.param(("; dmarc=pass header.from=example.com",), id="empty server"),
        pytest.param(("",), id="empty field"),
        pytest.param(("mx.example.com; dmarc=pass header.from=",), id="empty domain"),
        pytest.param(("mx.example.com; = dmarc=pass header.from=example.com",), id="not well-formed"),
        pytest.param(("mx.example.com; dmarc=pass header.from=example.com; spf",), id="a later part not well-formed"),
        pytest.param(("mx.example.com 1 2; dmarc=pass header.from=example.com",), id="words behind the server"),
        pytest.param(("mx.example.com=; dmarc=pass header.from=example.com",), id="a value for the server"),
        pytest.param(("mx.example.com; dmarc pass header.from=example.com",), id="no result"),
        pytest.param(("mx.example.com; " + " " * 9000 + "dmarc=pass header.from=example.com",), id="very long"),
        pytest.param((), id="no field"),
    ],
)
def test_a_lie_in_authentication_results_is_not_believed(lie: tuple[str, ...]) -> None:
    """Only one plain pass for the From domain, in the topmost field of a trusted server, is evidence."""
    assert not passes(*lie)


def test_fields_of_other_servers_above_ours_do_not_matter() -> None:
    """A server behind our border may write its own; the first that we trust is asked."""
    assert passes("inner.example.com; none", "mx.example.com; dmarc=pass header.from=example.com")


def test_nobody_trusted_means_no_evidence() -> None:
    """Without a configured authserv-id no field is believed, nor for a sender without domain."""
    assert passes(DMARC_PASS[1])
    assert not passes(DMARC_PASS[1], policy=make_policy(trusted_authserv=()))
    assert not passes(DMARC_PASS[1], domain="")
    assert not passes('mx.example.com; dmarc=pass header.from=""', domain="")


@pytest.mark.parametrize(
    "fields",
    [
        (("From", "anna@example.com"), ("From", "mallory@evil.example")),
        (("From", "anna@example.com, mallory@evil.example"),),
    ],
)
def test_a_mail_of_several_senders_passes_for_none_of_them(fields: tuple[tuple[str, str], ...]) -> None:
    """It would not be clear whose domain was judged."""
    assert proven_agent(make_mail(sender=FROM_ANNA, headers=(DMARC_PASS, *fields)), BY_SUBJECT, POLICY) is None


@given(st.lists(st.text(alphabet=st.sampled_from('dmarc=pass;()"\\ .x'), max_size=60), max_size=4))
def test_any_field_gives_an_answer(values: list[str]) -> None:
    """Authentication-Results may hold anything; without the trusted server's name nothing is believed."""
    assert not passes(*values)


def test_a_hostile_field_is_read_in_linear_time() -> None:
    """Thousands of openings without an end take no time."""
    for piece in ("(", '"', "\\", "(\\", "=", ";", 'a="'):
        assert not passes("mx.example.com;" + piece * 8000)
