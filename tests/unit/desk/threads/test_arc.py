"""ARC: what a forwarder had found counts where we believe it, and every way to lie with it does not work."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.facts import Evidence
from mailgateway.desk.policy import AgentEvidence
from mailgateway.desk.threads.arc import read_chain, vouches_for
from mailgateway.desk.threads.thread import Thread
from mailgateway.desk.threads.trust import proofs, proven_agent, results
from mailgateway.mail.model import Address, Headers, Mail
from tests.unit.desk.builders import ANNA, BOB, FROM_ANNA, FROM_BOB, make_candidate, make_mail, make_policy

Fields = tuple[tuple[str, str], ...]

POLICY = make_policy(trusted_arc_sealers=("lists.example.org", "forward.example.net"))
OF_ANNA = Thread(make_candidate(), Evidence.TOKEN, agents=(ANNA,))
BY_SUBJECT = Thread(make_candidate(), Evidence.SUBJECT)
SEEN = "dkim=pass header.d=example.com; dmarc=pass (p=reject) header.from=example.com"
BROKEN = "spf=fail smtp.mailfrom=list@lists.example.org; dkim=fail; dmarc=fail header.from=example.com"
BORDER: Fields = (("Authentication-Results", f"mx.example.com; {BROKEN}; arc=pass (i=1 dmarc=pass)"),)


def arc_set(number: int = 1, *, sealer: str = "lists.example.org", found: str = SEEN, cv: str = "") -> Fields:
    """Return the three fields that a sealer adds."""
    seen = cv or ("none" if number == 1 else "pass")
    return (
        ("ARC-Seal", f"i={number}; a=rsa-sha256; t=1760000000; cv={seen};\r\n\td={sealer}; s=arc; b=abc+/=="),
        ("ARC-Message-Signature", f"i={number}; a=rsa-sha256; c=relaxed/relaxed; d={sealer}; s=arc; h=from; b=abc="),
        ("ARC-Authentication-Results", f"i={number}; mx.{sealer}; {found}"),
    )


def from_anna(*fields: Fields, sender: Address = FROM_ANNA) -> Mail:
    """Return a mail whose sender is an agent's address, with these fields."""
    return make_mail(sender=sender, headers=tuple(field for group in fields for field in group))


def test_what_proves_an_agent_is_named() -> None:
    """ARC where a sealer saw the pass, beside the reply address or alone; nothing where the chain is a stranger's."""
    mail = from_anna(BORDER, arc_set())
    assert proofs(mail, POLICY, token=True) == ("token", "arc")
    assert proofs(mail, POLICY, token=False) == ("arc",)
    assert proofs(from_anna(BORDER, arc_set(sealer="evil.example")), POLICY, token=False) == ()


def without(fields: Fields, name: str) -> Fields:
    """Leave a field out."""
    return tuple(field for field in fields if field[0] != name)


HONEST = {
    "one list": (BORDER, arc_set()),
    "a forwarder behind a list": (
        BORDER,
        arc_set(2, sealer="forward.example.net", found=f"{BROKEN}; arc=pass"),
        arc_set(),
    ),
    "the newest sealer saw it itself": (BORDER, arc_set(2), arc_set(sealer="anybody.example", found=BROKEN)),
    "other letters and order": (
        BORDER,
        (
            ("ARC-Authentication-Results", "i = 1 ; mx.example.org 1; DMARC=Pass Header.From=EXAMPLE.com"),
            ("arc-seal", "b=a b c; s=arc; D=x; d=Lists.Example.ORG; cv=none; i=01"),
            ("ARC-Message-Signature", "a=rsa-sha256; i=1; b=abc"),
        ),
    ),
}
LIES = {
    "arc headers of the sender, and the border says nothing of them": (
        (("Authentication-Results", f"mx.example.com; {BROKEN}"),),
        arc_set(),
    ),
    "arc=pass in a field of the sender's below ours": (
        (("Authentication-Results", f"mx.example.com; {BROKEN}"),),
        BORDER,
        arc_set(),
    ),
    "arc=pass said by a server that is not ours": (
        (("Authentication-Results", f"mx.evil.example; {BROKEN}; arc=pass"),),
        arc_set(),
    ),
    "the border says that the chain fails": (
        (("Authentication-Results", f"mx.example.com; {BROKEN}; arc=fail"),),
        arc_set(),
    ),
    "the border says both": (
        (("Authentication-Results", f"mx.example.com; {BROKEN}; arc=fail; arc=pass"),),
        arc_set(),
    ),
    "a sealer whom we do not trust": (BORDER, arc_set(sealer="evil.example")),
    "a sealer below one that we trust": (BORDER, arc_set(sealer="sub.lists.example.org")),
    "a trusted set that a stranger sealed again with other content": (
        BORDER,
        arc_set(2, sealer="evil.example", found=f"{SEEN}; arc=pass"),
        arc_set(),
    ),
    "a stranger below a trusted sealer who saw no pass": (
        BORDER,
        arc_set(2, found=f"{BROKEN}; arc=pass"),
        arc_set(sealer="evil.example"),
    ),
    "a trusted sealer who found the older chain broken": (
        BORDER,
        arc_set(2, sealer="forward.example.net", found=f"{BROKEN}; arc=fail"),
        arc_set(),
    ),
    "a trusted sealer who says nothing of the older chain": (
        BORDER,
        arc_set(2, sealer="forward.example.net", found=BROKEN),
        arc_set(),
    ),
    "the sealer saw it fail": (BORDER, arc_set(found=BROKEN)),
    "the sealer saw another From": (BORDER, arc_set(found="dmarc=pass header.from=evil.example")),
    "the sealer saw two From": (BORDER, arc_set(found=f"{SEEN}; dmarc=pass header.from=evil.example")),
    "the sealer's chain says that it is broken": (BORDER, arc_set(cv="fail")),
    "a first set that has others before it": (BORDER, arc_set(cv="pass")),
    "a later set that begins anew": (BORDER, arc_set(2, cv="none"), arc_set()),
    "a gap": (BORDER, arc_set(3), arc_set()),
    "no first one": (BORDER, arc_set(2)),
    "instance 0": (BORDER, arc_set(0, cv="none")),
    "the same instance twice": (BORDER, arc_set(), arc_set()),
    "a second seal of one instance": (BORDER, arc_set(), arc_set(sealer="evil.example")[:1]),
    "no signature": (BORDER, without(arc_set(), "ARC-Message-Signature")),
    "no results": (BORDER, without(arc_set(), "ARC-Authentication-Results")),
    "no seal": (BORDER, without(arc_set(), "ARC-Seal")),
    "results of another instance": (
        BORDER,
        without(arc_set(), "ARC-Authentication-Results"),
        (("ARC-Authentication-Results", f"i=2; mx.lists.example.org; {SEEN}"),),
    ),
    "two domains in a seal": (
        BORDER,
        (("ARC-Seal", "i=1; cv=none; d=evil.example; d=lists.example.org; b=x"), *arc_set()[1:]),
    ),
    "a seal that is no list of tags": (BORDER, (("ARC-Seal", "i=1; cv=none; d=lists.example.org; b"), *arc_set()[1:])),
    "a seal without end": (
        BORDER,
        (("ARC-Seal", f"i=1; cv=none; d=lists.example.org; b={'x' * 9000}"), *arc_set()[1:]),
    ),
    "results that end in a comment": (BORDER, arc_set(found=f"none ({SEEN})")),
    "results that cannot be read": (BORDER, arc_set(found=f"{SEEN}; spf")),
    "fifty-one sets": (BORDER, *(arc_set(number) for number in range(1, 52))),
    "more digits than an instance has": (
        BORDER,
        tuple((name, value.replace("i=1;", "i=001;")) for name, value in arc_set()),
    ),
}


@pytest.mark.parametrize("fields", HONEST.values(), ids=HONEST)
def test_a_trusted_sealer_carries_the_pass_over_what_forwarding_breaks(fields: tuple[Fields, ...]) -> None:
    """The agent is one by DMARC, as if no list had changed the mail."""
    assert proven_agent(from_anna(*fields), BY_SUBJECT, POLICY) == ANNA


@pytest.mark.parametrize("fields", LIES.values(), ids=LIES)
def test_a_lie_with_arc_is_not_believed(fields: tuple[Fields, ...]) -> None:
    """No chain counts that our border did not find whole, or that says less than it would have to."""
    mail = from_anna(*fields)
    assert proven_agent(mail, BY_SUBJECT, POLICY) is None
    assert proven_agent(mail, OF_ANNA, replace(POLICY, evidence=AgentEvidence.TOKEN_AND_DMARC)) is None


def test_a_chain_of_fifty_is_the_longest() -> None:
    """RFC 8617 section 4.2.1: an instance is 1 to 50."""
    sets = [arc_set(number, found=f"{BROKEN}; arc=pass") for number in range(2, 51)]
    assert proven_agent(from_anna(BORDER, arc_set(), *sets), BY_SUBJECT, POLICY) == ANNA


def test_nobodys_seal_counts_unless_the_admin_says_whose() -> None:
    """Without trusted sealers a chain proves nothing, whole or not."""
    assert proven_agent(from_anna(BORDER, arc_set()), BY_SUBJECT, make_policy()) is None


def test_a_seal_counts_for_the_domain_that_it_is_about() -> None:
    """An honest chain replayed with another From proves nothing for that one."""
    at_home = Address("", BOB.aliases[0])
    assert proven_agent(from_anna(BORDER, arc_set(), sender=at_home), BY_SUBJECT, POLICY) is None
    assert proven_agent(from_anna(BORDER, arc_set(), sender=FROM_BOB), BY_SUBJECT, POLICY) == BOB


@pytest.mark.parametrize(
    "fields",
    [
        (("From", "anna@example.com"), ("From", "mallory@evil.example")),
        (("From", "anna@example.com, mallory@evil.example"),),
    ],
)
def test_a_mail_of_several_senders_is_vouched_for_for_none(fields: Fields) -> None:
    """It would not be clear whose domain the sealer judged."""
    assert proven_agent(from_anna(BORDER, arc_set(), fields), BY_SUBJECT, POLICY) is None


def test_rules_are_told_what_our_own_server_found() -> None:
    """`auth.dmarc` is no evidence but a finding: it stays what it was at our border."""
    assert results(from_anna(BORDER, arc_set()), POLICY.trusted_authserv)["dmarc"] == "fail"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results")),
            st.text(alphabet=st.sampled_from('i=12;cvdpasnone \\"()x'), max_size=60),
        ),
        max_size=6,
    )
)
def test_any_fields_give_an_answer(fields: list[tuple[str, str]]) -> None:
    """ARC fields may hold anything."""
    assert not vouches_for(read_chain(Headers(tuple(fields))), "example.com", POLICY.trusted_arc_sealers)


def test_hostile_fields_are_read_in_linear_time() -> None:
    """Thousands of fields and tags take no time."""
    for piece in ("i=1;", "a=b;", "=", ";", " ", "(", '"'):
        fields = tuple((name, f"i=1; {piece * 1500}") for name, _ in arc_set() for _ in range(300))
        assert read_chain(Headers(fields)) == ()
