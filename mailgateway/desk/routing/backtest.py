"""What rules make of a mail that was filed before: where it goes, and which of them match."""

from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.asking import requester_of
from mailgateway.desk.routing.route import Route, route
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import results
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.parse import parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.rules.schema import Question

DISCARDED, QUARANTINED, REJECTED = "(discarded)", "(quarantined)", "(rejected)"


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a mail goes, a group or in brackets what becomes of it instead, and the rules that match."""

    goes_to: str
    matched: tuple[str, ...]


def judge(raw: bytes, mailbox: str, received_at: datetime, policy: Policy) -> Judged:
    """Ask the rules about a mail as if it had just arrived. What its requester had had until then is not known now."""
    mail = parse(raw, policy.reading)
    question = Question(
        mail=mail,
        kind=classify(mail, OwnMarks(policy.domain, policy.own_addresses)).kind,
        mailbox=mailbox,
        reply=split_reply(mail).text,
        size=len(raw),
        received_at=received_at,
        requester=requester_of(writer(mail, policy).address, policy),
        authentication=results(mail, policy.trusted_authserv),
        calendars=policy.open_calendars(received_at),
    )
    chosen = route(policy, question)
    return Judged(goes_to(chosen), chosen.matched)


def goes_to(chosen: Route) -> str:
    """Say where a route leads, in a word."""
    if chosen.discard:
        return DISCARDED
    if chosen.quarantine:
        return QUARANTINED
    return REJECTED if chosen.reject else chosen.group
