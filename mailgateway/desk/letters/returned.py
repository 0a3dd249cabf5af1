"""A letter that came back, or was not taken: the ticket remembers it, its workers hear of it, its address is spared."""

from dataclasses import replace

from mailgateway.desk.facts import Candidate, Evidence, Facts
from mailgateway.desk.follow_up import record_machine
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.suppression import Reachability, SentLetter, after_failure, is_hard, reason_of, refusal
from mailgateway.desk.plan import Audience, Change, Disposition, MarkUndelivered, Notice, NoticeKind, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import Thread
from mailgateway.mail.model import Bounce


def of_letter(letter: SentLetter, joined: Thread | None, facts: Facts) -> Thread | None:
    """Return the letter's own ticket, where it has one: whatever else a report names, it adds to that ticket alone."""
    if letter.ticket is None:
        return None
    if joined is not None and letter.ticket in joined.candidate.numbers:
        return joined
    candidate = facts.candidate(letter.ticket)
    return None if candidate is None else Thread(candidate, Evidence.OUR_MESSAGE_ID)


def returned(incoming: Incoming, letter: SentLetter, thread: Thread | None, facts: Facts, policy: Policy) -> Plan:
    """Return the plan for a report about a letter of ours; `thread` is the letter's ticket, where it has one."""
    bounce = incoming.verdict.bounce or Bounce()
    plan = (
        record_machine(incoming, thread, facts, policy)
        if thread is not None
        else Plan(facts.now, "delivery", Disposition.RECORDED, f"letter {letter.id} came back")
    )
    reachability = _reachability(letter, bounce, facts, policy)
    return replace(
        plan,
        changes=(*plan.changes, *_marks(letter, thread, bounce)),
        notices=_told(letter, thread, bounce, reachability, facts, policy),
        reachability=reachability,
    )


def refused(letter: SentLetter, answer: str, candidate: Candidate, facts: Facts, policy: Policy) -> Plan | None:
    """Return the plan for a letter that our server refused with this answer, or that was tried for too long.

    None for letters to the desk itself: the admin hears of every one. The address is left alone only where the answer
    says that it is to blame: the server may as well refuse us, or what we wrote.
    """
    if letter.audience != Audience.CUSTOMER:
        return None
    bounce = refusal(letter.recipient, answer)
    known = () if bounce is None else _reachability(letter, bounce, facts, policy)
    closed = any(one.until for one in known)
    return Plan(
        at=facts.now,
        actor="delivery",
        disposition=Disposition.RECORDED,
        reason=f"letter {letter.id} was not delivered",
        ticket=candidate.ticket.number,
        changes=(MarkUndelivered(letter.at, letter.recipient),),
        notices=notices.undelivered(letter.recipient, answer, candidate, policy, closed=closed),
        is_quiet=True,
        reachability=known,
    )


def _reachability(letter: SentLetter, bounce: Bounce, facts: Facts, policy: Policy) -> tuple[Reachability, ...]:
    """Leave customers' addresses alone; an agent's is the admin's to mend, and nothing may silence the desk itself."""
    if policy.is_internal(letter.recipient) or letter.audience in (Audience.ADMIN, Audience.MANAGEMENT):
        return ()
    return (after_failure(letter.reachability, bounce, facts.now, policy.suppression),)


def _marks(letter: SentLetter, thread: Thread | None, bounce: Bounce) -> tuple[Change, ...]:
    if thread is None or letter.audience != Audience.CUSTOMER or not _is_lost(letter, bounce):
        return ()
    return (MarkUndelivered(letter.at, letter.recipient),)


def _is_lost(letter: SentLetter, bounce: Bounce) -> bool:
    """Tell whether a report must not pass in silence: it says never, or an agent's answer was given up for now."""
    return is_hard(bounce) or letter.notice == NoticeKind.REPLY


def _told(
    letter: SentLetter,
    thread: Thread | None,
    bounce: Bounce,
    reachability: tuple[Reachability, ...],
    facts: Facts,
    policy: Policy,
) -> tuple[Notice, ...]:
    """Tell the workers of a ticket about a customer, the admin about others; of soft bounces only what matters."""
    closed = is_hard(bounce) or any(known.until for known in reachability)
    if letter.audience == Audience.ADMIN or not (closed or _is_lost(letter, bounce)):
        return ()
    mend = _mend(letter)
    if mend:
        title = f"Mails to {letter.recipient} come back"
        lines = (reason_of(bounce), mend)
        return tuple(
            notice for notice in (notices.alarm(title, lines, policy),) if not notices.why_not(notice, facts, policy)
        )
    if thread is None:
        return ()
    return notices.undelivered(letter.recipient, reason_of(bounce), thread.candidate, policy, closed=closed)


def _mend(letter: SentLetter) -> str:
    """Return what the admin can do where a letter that came back was not to somebody who waits for an answer."""
    if letter.audience == Audience.AGENT:
        return "This is somebody who works tickets: correct the address in groups.yaml."
    if letter.audience == Audience.MANAGEMENT:
        return "This is somebody who gets a report: correct the address in gateway.yaml or groups.yaml."
    if letter.notice == NoticeKind.CUSTOMER_REPORT:
        return "This is somebody who gets the report of an organisation: correct report_to in organisations.yaml."
    return ""
