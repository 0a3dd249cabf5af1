"""Which ticket a mail belongs to, and by which evidence.

A reply address signed for a customer is proof by itself. Everything else that names a ticket (a Message-ID, a number in
the subject) can be known to others, so it joins a ticket only for somebody who takes part in it.
"""

import re
from dataclasses import dataclass

from mailgateway.desk.facts import Candidate, Evidence, Facts, ThreadKeys
from mailgateway.desk.model import Agent
from mailgateway.desk.policy import Policy
from mailgateway.mail.addresses import parse_addresses
from mailgateway.mail.model import Address, Mail, Verdict
from mailgateway.mail.tokens import ReplyToken, is_signed_for, read_reply_token

MOST_IDS = 32
_RECIPIENT_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To")
_SUBJECT_NUMBER = re.compile(r"\[#(\d{1,12})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket a mail belongs to. `token_of` is the agent for whom the reply address was signed, if it was one."""

    candidate: Candidate
    evidence: Evidence
    token_of: Agent | None = None


def writer(mail: Mail) -> Address:
    """Return who wants the answer: the Reply-To address where there is exactly one, else the sender.

    Web forms send as themselves and name the person in Reply-To. An address without text means that nobody is named.
    """
    if len(mail.reply_to) == 1 and "@" in mail.reply_to[0].address:
        return mail.reply_to[0]
    return mail.sender or Address("", "")


def keys(mail: Mail, verdict: Verdict, own_addresses: frozenset[str]) -> ThreadKeys:
    """Return everything in a mail that names a ticket."""
    recipients = [*mail.to, *mail.cc]
    for name in _RECIPIENT_FIELDS:
        recipients.extend(parse_addresses(", ".join(mail.headers.all(name))))
    tokens = [read_reply_token(person.address, own_addresses) for person in recipients]
    bounced = (verdict.bounce.original_message_id,) if verdict.bounce and verdict.bounce.original_message_id else ()
    numbers = _SUBJECT_NUMBER.findall(mail.subject)
    return ThreadKeys(
        tokens=tuple(dict.fromkeys(token for token in tokens if token is not None)),
        message_ids=tuple(dict.fromkeys((*bounced, *mail.in_reply_to, *reversed(mail.references))))[:MOST_IDS],
        subject_number=int(numbers[-1]) if numbers else None,
    )


def choose(verdict: Verdict, keys: ThreadKeys, facts: Facts, policy: Policy) -> Thread | None:
    """Return the ticket that a mail is about, by the strongest evidence there is, whoever wrote it."""
    by_token = _by_token(keys.tokens, facts, policy)
    return by_token or _by_message_id(verdict, facts) or _by_subject(keys, facts)


def may_join(mail: Mail, verdict: Verdict, thread: Thread) -> bool:
    """Tell whether the writer, who is no proven agent, may add to the ticket."""
    if thread.evidence is Evidence.TOKEN and thread.token_of is None:
        return True
    if verdict.is_machine:
        return thread.evidence in (Evidence.TOKEN, Evidence.OUR_MESSAGE_ID)
    ticket = thread.candidate.ticket
    return ticket.has_participant(writer(mail).address) or (
        mail.sender is not None and ticket.has_participant(mail.sender.address)
    )


def bound_to_agent(agent: Agent) -> str:
    """Name an agent as the addressee of a reply address; no address can look like this."""
    return f"agent:{agent.name}"


def _by_token(tokens: tuple[ReplyToken, ...], facts: Facts, policy: Policy) -> Thread | None:
    for token in tokens:
        candidate = facts.candidate(token.ticket)
        if candidate is None:
            continue
        people = (candidate.ticket.requester, *candidate.ticket.participants)
        if any(is_signed_for(token, policy.reply_keys, person.key) for person in people):
            return Thread(candidate, Evidence.TOKEN)
        for agent in policy.directory.agents:
            if is_signed_for(token, policy.reply_keys, bound_to_agent(agent)):
                return Thread(candidate, Evidence.TOKEN, token_of=agent)
    return None


def _by_message_id(verdict: Verdict, facts: Facts) -> Thread | None:
    ours = next((found for found in facts.candidates if any(found.named_by.values())), None)
    if ours is not None:
        return Thread(ours, Evidence.OUR_MESSAGE_ID)
    named = next((found for found in facts.candidates if found.named_by), None)
    return Thread(named, Evidence.MESSAGE_ID) if named is not None and verdict.bounce is None else None


def _by_subject(keys: ThreadKeys, facts: Facts) -> Thread | None:
    candidate = None if keys.subject_number is None else facts.candidate(keys.subject_number)
    return None if candidate is None else Thread(candidate, Evidence.SUBJECT)
