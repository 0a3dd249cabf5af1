"""Mails decided about under one policy, and what to read of the plans: what the tests of deciding share."""

from dataclasses import replace

from mailgateway.desk.decide import Incoming, decide_mail
from mailgateway.desk.facts import Candidate
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import (
    AddArticle,
    Disposition,
    NoticeKind,
    OpenTicket,
    Plan,
    RecordEvent,
)
from tests.unit.desk.builders import (
    CARLA,
    make_candidate,
    make_facts,
    make_policy,
    token,
)

POLICY = make_policy()
ANNAS, CARLAS = token("agent:anna"), token(CARLA.key)


def decided(incoming: Incoming, *candidates: Candidate, **facts: object) -> Plan:
    """Decide about a mail, the ticket 7 being there where no other is given."""
    known = replace(make_facts(*(candidates or (make_candidate(),))), **facts)  # type: ignore[arg-type]  # field by field
    return decide_mail(incoming, known, POLICY)


def article_of(plan: Plan) -> AddArticle:
    """Return the one article of a plan."""
    (added,) = (change for change in plan.changes if isinstance(change, AddArticle))
    return added


def opened(plan: Plan) -> Ticket:
    """Return the ticket that a plan opens."""
    assert plan.disposition is Disposition.OPENED
    first = plan.changes[0]
    assert isinstance(first, OpenTicket)
    return first.ticket


def events(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the events of a plan with their details, but for how the mail found its ticket."""
    happened = [change for change in plan.changes if isinstance(change, RecordEvent)]
    return {change.what: dict(change.detail) for change in happened if change.what != "joined"}


def receivers(plan: Plan, kind: NoticeKind) -> list[str]:
    """Return who gets notices of one kind."""
    return [notice.recipient.address for notice in plan.notices if notice.kind is kind]
