"""When the admin is told of the quarantine, and whose answer counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.plan import Audience, Disposition, Notice, RecordEvent
from mailgateway.desk.policy import AgentEvidence
from mailgateway.desk.quarantine.decision import Decision, Order
from mailgateway.desk.quarantine.digest import MOST_LISTED, Listed, digest_notice, due
from mailgateway.desk.quarantine.entry import Digest, Entry, SetAside
from mailgateway.desk.quarantine.obeying import MOST_ATTEMPTS, MOST_SHOWN_BYTES
from mailgateway.mail.model import Address
from tests.unit.desk.builders import (
    AUTO_REPLY,
    CARLA,
    DMARC_PASS,
    MALLORY,
    NOW,
    OLD_KEY,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = make_policy()
ADMIN = Address("", POLICY.admin)
DIGEST = Digest(5, NOW - HOUR, (17, 18))


def said(notice: Notice, name: str = "lines") -> list[dict[str, Any]]:
    """Return the lines that a mail to the admin is made of."""
    lines = notice.values[name]
    assert isinstance(lines, list)
    return lines


def listed(number: int, told_before: timedelta | None = None) -> Listed:
    """Return a mail that is set aside, and when the admin was told of it."""
    told = None if told_before is None else NOW - told_before
    return Listed(number, "support", f"Subject {number}", "x@y", 100, "parse", "odd", NOW - DAY, told)


def entry(number: int, **changes: Any) -> Entry:
    """Return a mail that is set aside."""
    made = Entry(number, True, False, "quarantined", None, "odd", "", 0, "0" * 64, 100)  # noqa: FBT003 - a literal
    return replace(made, **changes)


def answered(text: str, *, to: Address | None = None, sender: Address = ADMIN, **changes: Any) -> Incoming:
    """Return an answer to the digest."""
    reply_to = digest_notice(DIGEST, [listed(17)], 0, POLICY).answers_to
    assert reply_to is not None
    return make_incoming(make_mail(text, sender=sender, to=(to or reply_to,)), **changes)


def facts(*entries: Entry, attempts: int = 0, digest: Digest = DIGEST) -> Facts:
    """Return what is known of an answer that is number 20 in the spool."""
    return replace(make_facts(), set_aside=SetAside(20, attempts, (digest,), entries))


def test_what_is_new_is_told_soon_and_then_gathered() -> None:
    """The first is told at once, what follows an hour after the last digest."""
    new = (listed(2), listed(1))
    assert [one.id for one in due(new, None, NOW, POLICY)] == [1, 2]
    assert due(new, NOW - HOUR + timedelta(seconds=1), NOW, POLICY) == ()
    assert len(due(new, NOW - HOUR, NOW, POLICY)) == 2
    assert due((), None, NOW, POLICY) == ()


def test_what_was_told_long_ago_is_told_again_with_all_that_waits() -> None:
    """Three days after the first of them was told."""
    known = (listed(1, 3 * DAY), listed(2, DAY))
    assert [one.id for one in due(known, NOW - DAY, NOW, POLICY)] == [1, 2]
    assert due(known[1:], NOW - DAY, NOW, POLICY) == ()
    assert [one.id for one in due((*known[1:], listed(3)), NOW - DAY, NOW, POLICY)] == [3]
    assert len(due([listed(one) for one in range(1, 99)], None, NOW, POLICY)) == MOST_LISTED


def test_a_digest_is_for_the_admin_alone() -> None:
    """Its lines are clean and short, whatever strangers wrote."""
    hostile = replace(listed(17), subject="a\r\n#drop all\u202e\x1b[2J" + "x" * 500, error="e" * 5000)
    notice = digest_notice(DIGEST, [hostile], 0, POLICY)
    assert (notice.audience, notice.recipient.address) == (Audience.ADMIN, POLICY.admin)
    [line] = said(notice, "mails")
    assert line["subject"].startswith("a #drop all [2Jxxx")
    assert (len(line["subject"]), len(line["error"])) == (120, 300)


def test_orders_are_done_first_and_answered_when_they_are() -> None:
    """The mail waits for what it ordered; then its receipt says what became of each."""
    incoming = answered("#release 17\n#drop 18")
    plan = decide_mail(incoming, facts(entry(17), entry(18)), POLICY)
    assert plan.decisions == (Decision(17, Order.RELEASE), Decision(18, Order.DROP))
    assert (plan.is_unfinished, plan.notices) == (True, ())
    dropped = entry(18, is_aside=False, outcome="discarded", asked_by=20, decided_by=ADMIN.address)
    waiting = entry(17, is_aside=False, is_waiting=True, outcome="", asked_by=20, decided_by=ADMIN.address)
    plan = decide_mail(incoming, facts(waiting, dropped, attempts=1), POLICY)
    assert (plan.is_unfinished, plan.decisions) == (True, ())
    plan = decide_mail(incoming, facts(waiting, dropped, attempts=MOST_ATTEMPTS), POLICY)
    assert [one["outcome"] for one in said(plan.notices[0])] == ["waits", "dropped"]
    filed = replace(waiting, is_waiting=False, outcome="opened", ticket=10001)
    plan = decide_mail(incoming, facts(filed, dropped, attempts=1), POLICY)
    assert (plan.disposition, plan.is_unfinished) == (Disposition.RECORDED, False)
    assert [(one["outcome"], one["ticket"], one["by"]) for one in said(plan.notices[0])] == [
        ("opened", 10001, ""),
        ("dropped", None, ""),
    ]


def test_what_a_later_mail_decided_is_not_decided_again() -> None:
    """An older order that comes late says what became of the entry, and by whom."""
    later = entry(17, asked_by=21, decided_by="operator")
    plan = decide_mail(answered("#drop 17"), facts(later), POLICY)
    assert plan.decisions == ()
    [line] = said(plan.notices[0])
    assert (line["outcome"], line["by"]) == ("set_aside_again", "operator")


def test_all_means_the_mails_of_the_digest() -> None:
    """What else is in quarantine is not meant; what is named has its own order."""
    plan = decide_mail(answered("#ticket 18\n#drop all"), facts(entry(17), entry(18), entry(19)), POLICY)
    assert plan.decisions == (Decision(17, Order.DROP), Decision(18, Order.TICKET))


def test_shown_mails_have_room_in_one_letter() -> None:
    """What is too large or lost is said to be."""
    large, lost = entry(17, kept=MOST_SHOWN_BYTES), entry(19, is_readable=False)
    plan = decide_mail(answered("#show 17 18 19 99"), facts(large, entry(18), lost), POLICY)
    [notice] = plan.notices
    assert [one["outcome"] for one in said(notice)] == ["shown", "too_large", "lost", "unknown"]
    assert notice.article is not None
    assert [file.filename for file in notice.article.attachments] == ["quarantine-17.eml"]


@pytest.mark.parametrize("evidence", list(AgentEvidence))
@pytest.mark.parametrize("passes", [False, True])
def test_the_policy_of_evidence_holds_for_the_admin(evidence: AgentEvidence, passes: bool) -> None:  # noqa: FBT001 - a parameter
    """The signed address is always needed; a DMARC pass beside it where the policy asks for one."""
    incoming = answered("#drop 17", verdict=make_incoming().verdict)
    if passes:
        incoming = replace(incoming, mail=replace(incoming.mail, headers=make_mail(headers=(DMARC_PASS,)).headers))
    policy = make_policy(evidence=evidence)
    needs_pass = evidence in (AgentEvidence.DMARC, AgentEvidence.TOKEN_AND_DMARC)
    plan = decide_mail(incoming, facts(entry(17)), policy)
    assert bool(plan.decisions) is (passes or not needs_pass)
    bare = answered("#drop 17", to=Address("", "support@example.com"))
    assert decide_mail(bare, facts(entry(17)), policy).disposition is Disposition.OPENED


@pytest.mark.parametrize("sender", [CARLA, MALLORY, Address("Postmaster", "anna@example.com")])
def test_the_address_is_good_for_the_admin_alone(sender: Address) -> None:
    """Whoever else has the digest writes a mail like any other."""
    plan = decide_mail(answered("#drop 17", sender=sender), facts(entry(17)), POLICY)
    assert (plan.disposition, plan.decisions) == (Disposition.OPENED, ())


def test_a_digest_of_another_admin_or_another_time_is_void() -> None:
    """After the admin has changed, or a backup was restored, the same number is another digest."""
    incoming = answered("#drop 17", sender=Address("", "root@example.com"))
    plan = decide_mail(incoming, facts(entry(17)), make_policy(admin="root@example.com"))
    assert plan.decisions == ()
    other = replace(DIGEST, at=DIGEST.at + timedelta(seconds=1))
    assert decide_mail(answered("#drop 17"), facts(entry(17), digest=other), POLICY).decisions == ()
    turned = make_policy(reply_keys=(OLD_KEY, *POLICY.reply_keys))
    assert decide_mail(answered("#drop 17"), facts(entry(17)), turned).decisions


def test_a_machine_orders_nothing() -> None:
    """The admin's absence note is kept without a ticket."""
    plan = decide_mail(answered("#drop 17", verdict=AUTO_REPLY), facts(entry(17)), POLICY)
    assert (plan.disposition, plan.decisions, plan.notices) == (Disposition.RECORDED, (), ())


def test_a_mail_wanted_as_a_ticket_becomes_one() -> None:
    """Whatever it looks like: no rule turns it away, and its writer is not answered."""
    verdict = replace(AUTO_REPLY, kind=make_incoming().verdict.kind)
    incoming = make_incoming(verdict=verdict, as_is=True, released=True, decided_by=ADMIN.address, set_aside_for="odd")
    plan = decide_mail(incoming, make_facts(), POLICY)
    assert plan.disposition is Disposition.OPENED
    assert {notice.audience for notice in plan.notices} == {Audience.AGENT}
    assert RecordEvent("released", {"by": ADMIN.address, "why": "odd"}) in plan.changes
