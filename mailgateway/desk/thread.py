"""Which ticket a mail belongs to, and by which evidence.

A reply address signed for a customer is proof by itself. Everything else that names a ticket (a Message-ID, a number in
the subject) can be known to others, so it joins a ticket only for somebody who takes part in it.
"""

import re
from dataclasses import dataclass

from mailgateway.desk.facts import Candidate, Evidence, Facts, ThreadKeys
from mailgateway.desk.model import Agent, Directory, Group
from mailgateway.desk.policy import Policy
from mailgateway.mail.addresses import read_addresses
from mailgateway.mail.model import Address, Mail, Verdict
from mailgateway.mail.tokens import ReplyToken, is_signed_for, read_reply_token

MOST_IDS = 32
MOST_TOKENS = 16
_RECIPIENT_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To")
_MOST_RECIPIENT_FIELDS = 10
_SUBJECT_NUMBER = re.compile(r"\[#(\d{1,12})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket a mail belongs to.

    Where the evidence is a reply address, it was signed either for somebody who takes part (`as_participant`), or for
    `agents`: one, or the members of a group.
    """

    candidate: Candidate
    evidence: Evidence
    as_participant: bool = False
    agents: tuple[Agent, ...] = ()


def writer(mail: Mail, policy: Policy) -> Address:
    """Return who wants the answer: the one Reply-To address that is not ours, else the sender.

    Web forms send as themselves and name the person in Reply-To. An address without text means that nobody is named.
    """
    sender = mail.sender or Address("", "")
    wanted = [person for person in mail.reply_to if "@" in person.address and not policy.is_ours(person.address)]
    return wanted[0] if len(wanted) == 1 and wanted[0].key != sender.key else sender


def keys(mail: Mail, verdict: Verdict, own_addresses: frozenset[str]) -> ThreadKeys:
    """Return everything in a mail that names a ticket."""
    recipients = [*mail.to, *mail.cc]
    for name in _RECIPIENT_FIELDS:
        for value in mail.headers.all(name)[:_MOST_RECIPIENT_FIELDS]:
            recipients.extend(read_addresses(value))
    tokens = [read_reply_token(person.address, own_addresses) for person in recipients]
    about = (verdict.about,) if verdict.about else ()
    numbers = _SUBJECT_NUMBER.findall(mail.subject)
    return ThreadKeys(
        tokens=tuple(dict.fromkeys(token for token in tokens if token is not None))[:MOST_TOKENS],
        message_ids=tuple(dict.fromkeys((*about, *mail.in_reply_to, *reversed(mail.references))))[:MOST_IDS],
        subject_number=int(numbers[-1]) if numbers else None,
    )


def without_numbers(subject: str) -> str:
    """Return a subject without what looks like a ticket's number, for a ticket that will get another one."""
    return " ".join(_SUBJECT_NUMBER.sub(" ", subject).split())


def choose(verdict: Verdict, keys: ThreadKeys, facts: Facts, policy: Policy) -> Thread | None:
    """Return the ticket that a mail is about, by the strongest evidence there is, whoever wrote it."""
    return _by_token(keys, facts, policy) or _by_message_id(verdict, keys, facts) or _by_subject(keys, facts)


def may_join(mail: Mail, verdict: Verdict, thread: Thread) -> bool:
    """Tell whether the writer, who is no proven agent, may add to the ticket.

    Reply-To does not count here: everybody can fill it in without forging anything. A machine's mail is only kept for
    the record, so that it may also join by an id that nobody knows but those who got our letter.
    """
    if thread.as_participant:
        return True
    if verdict.is_machine and thread.evidence in (Evidence.TOKEN, Evidence.OUR_MESSAGE_ID):
        return True
    return mail.sender is not None and thread.candidate.ticket.has_participant(mail.sender.address)


def bound_to_agent(agent: Agent) -> str:
    """Name an agent as the addressee of a reply address; no address can look like this."""
    return f"agent:{agent.name}"


def bound_to_group(group: Group) -> str:
    """Name a group as the addressee of a reply address; no address can look like this."""
    return f"group:{group.name}"


def _by_token(keys: ThreadKeys, facts: Facts, policy: Policy) -> Thread | None:
    for token in keys.tokens:
        candidate = facts.candidate(token.ticket)
        thread = None if candidate is None else _signed(token, candidate, policy)
        if thread is not None:
            return thread
    return None


def _signed(token: ReplyToken, candidate: Candidate, policy: Policy) -> Thread | None:
    def is_for(bound_to: str) -> bool:
        return is_signed_for(token, policy.reply_keys, bound_to)

    if any(is_for(person.key) for person in candidate.ticket.people):
        return Thread(candidate, Evidence.TOKEN, as_participant=True)
    for agent in policy.directory.agents:
        if is_for(bound_to_agent(agent)):
            return Thread(candidate, Evidence.TOKEN, agents=(agent,))
    for group in policy.directory.groups:
        if is_for(bound_to_group(group)):
            return Thread(candidate, Evidence.TOKEN, agents=_members(group, policy.directory))
    return None


def _members(group: Group, directory: Directory) -> tuple[Agent, ...]:
    return tuple(agent for name in group.members if (agent := directory.agent(name)) is not None)


def _by_message_id(verdict: Verdict, keys: ThreadKeys, facts: Facts) -> Thread | None:
    """An id of ours before an id of others, the nearest first. A report or receipt is about letters of ours only."""
    named = [
        (found, found.named_by[message_id])
        for message_id in keys.message_ids
        for found in facts.candidates
        if message_id in found.named_by
    ]
    ours = next((found for found, is_ours in named if is_ours), None)
    if ours is not None:
        return Thread(ours, Evidence.OUR_MESSAGE_ID)
    return Thread(named[0][0], Evidence.MESSAGE_ID) if named and verdict.bounce is None and not verdict.about else None


def _by_subject(keys: ThreadKeys, facts: Facts) -> Thread | None:
    candidate = None if keys.subject_number is None else facts.candidate(keys.subject_number)
    return None if candidate is None else Thread(candidate, Evidence.SUBJECT)
