"""Which ticket a mail belongs to, and by which evidence.

A reply address signed for a customer is proof by itself. Everything else that names a ticket (a Message-ID, a number in
the subject) can be known to others, so it joins a ticket only for somebody who belongs to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mailgateway.desk.facts import Candidate, Evidence, Facts, ThreadKeys
from mailgateway.desk.model import Agent, Directory, Group
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.standing import Standing, standing
from mailgateway.mail.model import Address, Mail, Verdict
from mailgateway.mail.outgoing.tokens import ReplyToken, is_signed_for

_IN_THE_INDEX = (Evidence.OUR_MESSAGE_ID, Evidence.MESSAGE_ID, Evidence.MENTIONED)
_OURS_ALONE = frozenset({Evidence.TOKEN, Evidence.OUR_MESSAGE_ID, Evidence.MARK})
"""What only those can know who got a letter of ours."""
_OF_A_CONVERSATION = frozenset({Evidence.MENTIONED, Evidence.THREAD_INDEX, Evidence.SAME_SUBJECT})
"""What says that mails belong together, and not that one of them was about a ticket."""
_FOR_PARTICIPANTS = frozenset({Evidence.SUBJECT, Evidence.SAME_SUBJECT})
"""What anybody could guess: good for those who take part themselves, and not for their colleagues."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket a mail belongs to. `named` is what in the mail led there, "" where the evidence says it all.

    Where the evidence is a reply address, it was signed either for somebody who takes part (`as_participant`: the
    `holder`, who may ask for a `wish` with it), or for
    `agents`: one, or the members of a group. `inside` tells that it was for notes: what was answered is internal;
    `together` that it was about all the tickets, too, that were found like this one.
    """

    candidate: Candidate
    evidence: Evidence
    as_participant: bool = False
    agents: tuple[Agent, ...] = ()
    inside: bool = False
    together: bool = False
    named: str = ""
    holder: Address | None = None
    wish: str = ""


def writer(mail: Mail, policy: Policy) -> Address:
    """Return who wants the answer: the one Reply-To address that is not ours, else the sender.

    Web forms send as themselves and name the person in Reply-To. An address without text means that nobody is named.
    """
    sender = mail.sender or Address("", "")
    wanted = [person for person in mail.reply_to if "@" in person.address and not policy.is_ours(person.address)]
    return wanted[0] if len(wanted) == 1 and wanted[0].key != sender.key else sender


def threads(verdict: Verdict, keys: ThreadKeys, facts: Facts, policy: Policy) -> Iterator[Thread]:
    """Walk over the tickets that a mail may be about, by the strongest evidence first, whoever wrote it."""
    yield from _by_token(keys, facts, policy)
    for evidence in _IN_THE_INDEX:
        yield from _by_name(evidence, verdict, keys, facts)
    for number in keys.marked:
        if (marked := facts.candidate(number)) is not None:
            yield Thread(marked, Evidence.MARK)
    tagged = None if keys.subject_number is None else facts.candidate(keys.subject_number)
    if tagged is not None:
        yield Thread(tagged, Evidence.SUBJECT, named=str(keys.subject_number))
    yield from _by_name(Evidence.THREAD_INDEX, verdict, keys, facts)
    yield from _by_same_subject(verdict, keys, facts, policy)


def may_join(mail: Mail, verdict: Verdict, thread: Thread, policy: Policy) -> bool:
    """Tell whether the writer, who is no proven agent, may add to the ticket.

    Reply-To does not count here: everybody can fill it in without forging anything. A machine's mail is only kept for
    the record, so that it may also join by what nobody knows but those who got our letter.
    """
    if thread.as_participant:
        return True
    if verdict.is_machine and thread.evidence in _OURS_ALONE:
        return True
    found = standing(mail.sender, thread.candidate.ticket, policy)
    return found is not None and (found is not Standing.COLLEAGUE or thread.evidence not in _FOR_PARTICIPANTS)


def is_weak(evidence: Evidence) -> bool:
    """Tell whether evidence only says that mails belong together, as two copies of one mail do anyway."""
    return evidence in _OF_A_CONVERSATION


def bound_to_agent(agent: Agent) -> str:
    """Name an agent as the addressee of a reply address; no address can look like this."""
    return f"agent:{agent.name}"


def bound_to_group(group: Group) -> str:
    """Name a group as the addressee of a reply address; no address can look like this."""
    return f"group:{group.name}"


def for_notes(bound_to: str) -> str:
    """Name an addressee of the desk whose answer is an internal note; no name of an agent or a group has a colon."""
    return f"{bound_to}:note"


def for_all(bound_to: str) -> str:
    """Name an addressee of the desk whose answer is an internal note about all tickets that were found alike."""
    return f"{bound_to}:all"


def signed_as(thread: Thread, bound_to: str) -> str:
    """Name an addressee of the desk in the way in which the mail that was answered was signed for them."""
    if thread.together:
        return for_all(bound_to)
    return for_notes(bound_to) if thread.inside else bound_to


def _by_token(keys: ThreadKeys, facts: Facts, policy: Policy) -> Iterator[Thread]:
    """Where a mail has several addresses of ours, the one for notes goes first: what is inside stays inside."""
    named = ((token, facts.candidate(token.ticket)) for token in keys.tokens)
    threads = (_signed(token, candidate, policy) for token, candidate in named if candidate is not None)
    yield from sorted((thread for thread in threads if thread is not None), key=lambda thread: not thread.inside)


def _signed(token: ReplyToken, candidate: Candidate, policy: Policy) -> Thread | None:
    def is_for(bound_to: str) -> bool:
        return is_signed_for(token, policy.reply_keys, bound_to)

    holder = next((person for person in candidate.ticket.people if is_for(person.key)), None)
    if holder is not None:
        return Thread(candidate, Evidence.TOKEN, as_participant=True, holder=holder, wish=token.wish)
    if token.wish:
        return None
    for bound_to, agents in _desk(policy.directory):
        if is_for(bound_to):
            return Thread(candidate, Evidence.TOKEN, agents=agents)
        if is_for(for_notes(bound_to)):
            return Thread(candidate, Evidence.TOKEN, agents=agents, inside=True)
        if is_for(for_all(bound_to)):
            return Thread(candidate, Evidence.TOKEN, agents=agents, inside=True, together=True)
    return None


def _desk(directory: Directory) -> Iterator[tuple[str, tuple[Agent, ...]]]:
    """Give all whom reply addresses for the desk are signed for, each with who may use such an address."""
    for agent in directory.agents:
        yield bound_to_agent(agent), (agent,)
    for group in directory.groups:
        yield bound_to_group(group), _members(group, directory)


def _members(group: Group, directory: Directory) -> tuple[Agent, ...]:
    return tuple(agent for name in group.members if (agent := directory.agent(name)) is not None)


def _by_name(evidence: Evidence, verdict: Verdict, keys: ThreadKeys, facts: Facts) -> Iterator[Thread]:
    """The nearest id first. A report or receipt is about letters of ours only; machines belong to no conversation."""
    if evidence is not Evidence.OUR_MESSAGE_ID and (verdict.bounce is not None or verdict.about):
        return
    if verdict.is_machine and evidence in _OF_A_CONVERSATION:
        return
    for name in keys.names:
        # a mail that has the very id of another is not its answer
        if name == keys.own_id and evidence is not Evidence.MENTIONED:
            continue
        for found in facts.candidates:
            if found.named_by.get(name) is evidence:
                yield Thread(found, evidence, named="" if evidence is Evidence.THREAD_INDEX else name)


def _by_same_subject(verdict: Verdict, keys: ThreadKeys, facts: Facts, policy: Policy) -> Iterator[Thread]:
    """The requester's newest ticket with this subject, in a mailbox that goes by it, while it is warm."""
    for thread in _by_name(Evidence.SAME_SUBJECT, verdict, keys, facts):
        ticket = thread.candidate.ticket
        within = policy.mailbox(ticket.mailbox).same_subject_within
        if within is not None and facts.now - ticket.updated_at <= within:
            yield Thread(thread.candidate, Evidence.SAME_SUBJECT)
