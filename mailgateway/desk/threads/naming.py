"""What a mail says about the ticket it belongs to, in every way in which mails say it."""

from mailgateway.desk.facts import Facts, ThreadKeys, subject_key, thread_index_key
from mailgateway.desk.plan import Change, NameBy
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Mail, Verdict
from mailgateway.mail.outgoing.tokens import marked_tickets, read_digest_token, read_reply_token
from mailgateway.mail.recipients import recipients
from mailgateway.mail.written.subjects import normalised, numbers
from mailgateway.mail.written.thread_index import conversation

MOST_IDS = 32
MOST_TOKENS = 16
MOST_MENTIONED = 16
MOST_TICKETS_OF_A_NAME = 5
"""So many tickets may be found by an id that is only mentioned: who repeats it in mail after mail makes no more."""

_MOST_SEARCHED = 300_000


def keys(mail: Mail, verdict: Verdict, policy: Policy, mailbox: str = "") -> ThreadKeys:
    """Return everything in a mail, which came to the mailbox of this name, that names a ticket."""
    tokens = [read_reply_token(person.address, policy.own_addresses) for person in recipients(mail)]
    digests = [read_digest_token(person.address, policy.own_addresses) for person in recipients(mail)]
    about = (verdict.about,) if verdict.about else ()
    found = numbers(mail.subject, policy.conversation.tags)
    exchange = conversation(mail.headers.get("Thread-Index"))
    return ThreadKeys(
        tokens=tuple(dict.fromkeys(token for token in tokens if token is not None))[:MOST_TOKENS],
        message_ids=tuple(dict.fromkeys((*about, *mail.in_reply_to, *reversed(mail.references))))[:MOST_IDS],
        subject_number=found[-1] if found else None,
        own_id=mail.message_id or "",
        marked=_marked(mail, policy),
        thread_index=thread_index_key(exchange) if exchange else "",
        same_subject=_same_subject(mail, verdict, policy, mailbox),
        digests=tuple(dict.fromkeys(token for token in digests if token is not None))[:MOST_TOKENS],
    )


def named_by(found: ThreadKeys, facts: Facts, joined: int | None = None) -> tuple[Change, ...]:
    """Return what lets later mails find the ticket by the names in this one, but for those that it has already.

    `joined` is the number of the ticket that the mail joins, None where it opens one.
    """
    nearest = (*found.message_ids[:MOST_MENTIONED], found.thread_index)
    names = tuple(name for name in nearest if name and _is_worth_keeping(name, facts, joined))
    subject = found.same_subject if joined is None else ""
    return (NameBy(names, subject),) if names or subject else ()


def _is_worth_keeping(name: str, facts: Facts, joined: int | None) -> bool:
    known = [candidate.ticket.number for candidate in facts.candidates if name in candidate.named_by]
    return joined not in known and len(known) < MOST_TICKETS_OF_A_NAME


def _marked(mail: Mail, policy: Policy) -> tuple[int, ...]:
    text = f"{mail.text[:_MOST_SEARCHED]}\n{(mail.html_source or '')[:_MOST_SEARCHED]}"
    return marked_tickets(text, policy.reply_keys)


def _same_subject(mail: Mail, verdict: Verdict, policy: Policy, mailbox: str) -> str:
    """Not for machines, which write the same subject for ever; nor for a web form's person named in Reply-To alone."""
    if verdict.is_machine or mail.sender is None or policy.mailbox(mailbox).same_subject_within is None:
        return ""
    subject = normalised(mail.subject, policy.conversation.tags)
    return subject_key(mail.sender.address, subject) if subject and "@" in mail.sender.address else ""
