"""Each change of a plan, as rows: one function a kind of change, and the table that says which."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, insert, update

from mailgateway.desk.answers.changes import AnswerChange, InsertAnswer, JudgeAnswer, ProposeAnswers, SendAnswer
from mailgateway.desk.customers.counting import SetOrganisation, SpendTime
from mailgateway.desk.customers.heading import SetLanguage, SetSubject
from mailgateway.desk.handovers.changes import EndOffer, OfferTicket, TimeOffer
from mailgateway.desk.holding.changes import HoldAnswer, HoldOn, ReleaseAnswer
from mailgateway.desk.letters.silence import Silence
from mailgateway.desk.levels import clock_events
from mailgateway.desk.levels.level_changes import Rouse, SetClocks, SetServiceLevel
from mailgateway.desk.model import ArticleKind, Direction, LinkKind
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    Assign,
    Change,
    ChangeTags,
    InformIncidents,
    MarkUndelivered,
    MergeInto,
    MoveToGroup,
    NameBy,
    RecordEvent,
    RecordFiring,
    RemoveLink,
    SetAttention,
    SetCi,
    SetFields,
    SetPriority,
    SetStatus,
    SetType,
    Snooze,
    TakeTurn,
)
from mailgateway.desk.problems.changes import LinkOthers, SetMajor
from mailgateway.store.incoming.holding import hold, hold_on, move_held, release
from mailgateway.store.outgoing import suppressions
from mailgateway.store.outgoing.broadcasts import add_broadcast
from mailgateway.store.service.answers import note_answer
from mailgateway.store.service.clocks import write_clocks
from mailgateway.store.service.majors import declare, end
from mailgateway.store.service.usage import Work, add_work, move_work, organisation_of
from mailgateway.store.service.workload import take_turn
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import FiringRow
from mailgateway.store.tickets.articles import add_article
from mailgateway.store.tickets.belongings import add_people, add_tags, remove_tags
from mailgateway.store.tickets.changing import Changing
from mailgateway.store.tickets.handovers import offer_columns
from mailgateway.store.tickets.links import add_link, add_links, merge_links, remove_link
from mailgateway.store.tickets.names import add_ids, add_names
from mailgateway.store.tickets.people import OF_PEOPLE

_TOUCH = update(TicketRow).where(TicketRow.number == bindparam("survivor")).values(updated_at=bindparam("at"))
_ADD_FIRING = insert(FiringRow)
_COLUMNS = {
    SetStatus: "status",
    SetPriority: "priority",
    SetType: "type",
    MoveToGroup: "group",
    Assign: "assignee",
    SetCi: "ci",
    SetServiceLevel: "service_level",
    SetSubject: "subject",
    SetLanguage: "language",
}
_Replaced = (
    SetStatus | SetPriority | SetType | MoveToGroup | Assign | SetCi | SetServiceLevel | SetSubject | SetLanguage
)


def carry_out(ticket: Changing, change: Change) -> None:
    """Write the rows of one change; raises ValueError for what is no change of a ticket that is there."""
    if type(change) not in CARRIED_OUT:
        raise ValueError("a plan opens its ticket first, and only one")
    CARRIED_OUT[type(change)](ticket, change)


def _add_article(ticket: Changing, change: AddArticle) -> None:
    article = change.article
    article_id = ticket.article = add_article(ticket.tx, ticket.number, ticket.spool_id, article)
    if article.message_id:
        # An agent's own mail is no customer's business, not even its id: what they may see is our letter's.
        public = article.direction is Direction.IN and article.kind is ArticleKind.PUBLIC
        add_ids(ticket.tx, ticket.number, (article.message_id,), public=public)
    ticket.is_answered |= article.direction is Direction.OUT and article.kind is ArticleKind.PUBLIC
    ticket.tell("article", {"id": article_id, "kind": article.kind, "direction": article.direction})


def _hold(ticket: Changing, change: HoldAnswer) -> None:
    if ticket.article is None:
        raise ValueError("an answer that is held is an article of the plan")
    hold(ticket.tx, ticket.number, ticket.article, change.agent, ticket.plan.at, inside=change.inside)
    ticket.tell("answer_held", {"agent": change.agent, "article": ticket.article, **_untold(change.not_told)})


def _hold_on(ticket: Changing, change: HoldOn) -> None:
    hold_on(ticket.tx, change.held.article, ticket.plan.at)
    detail = {"agent": change.held.agent, "article": change.held.article, "again": True}
    ticket.tell("answer_held", {**detail, **_untold(change.not_told)})


def _untold(why: str) -> dict[str, str]:
    return {"not_told": why} if why else {}


def _release(ticket: Changing, change: ReleaseAnswer) -> None:
    held = change.held
    release(ticket.tx, held.article)
    ticket.tell("answer_released", {"agent": held.agent, "article": held.article, "end": change.end})


def _replace(ticket: Changing, change: _Replaced) -> None:
    ticket.replace(_COLUMNS[type(change)], change.before, change.after)


def _set_organisation(ticket: Changing, change: SetOrganisation) -> None:
    ticket.replace("organisation", change.before, change.after)
    move_work(ticket.tx, ticket.number, change.after)


def _spend_time(ticket: Changing, change: SpendTime) -> None:
    after = ticket.after
    whose = after["organisation"] if "organisation" in after else organisation_of(ticket.tx, ticket.number)
    add_work(ticket.tx, Work(ticket.number, whose, ticket.plan.actor, ticket.plan.at, change.minutes))
    ticket.tell("time_spent", {"minutes": change.minutes})


def _change_tags(ticket: Changing, change: ChangeTags) -> None:
    add_tags(ticket.tx, ticket.number, change.add)
    remove_tags(ticket.tx, ticket.number, change.remove)
    ticket.tell("tags", {"added": list(change.add), "removed": list(change.remove)})


def _set_fields(ticket: Changing, change: SetFields) -> None:
    ticket.after["fields"] = dict(change.after)
    ticket.tell("fields", {"before": dict(change.before), "after": dict(change.after)})


def _silence(ticket: Changing, change: Silence) -> None:
    ticket.after["silent"] = list(change.after)
    ticket.tell("silent", {"before": list(change.before), "after": list(change.after)})


def _add_link(ticket: Changing, change: AddLink) -> None:
    add_link(ticket.tx, ticket.number, change.kind, change.other)
    ticket.tell_both(change.other, "linked", {"kind": change.kind, **({"why": change.why} if change.why else {})})


def _link_others(ticket: Changing, change: LinkOthers) -> None:
    to = change.to or ticket.number
    add_links(ticket.tx, change.others, change.kind, to)
    for other in change.others:
        ticket.tell("linked", {"kind": change.kind, "ticket": str(to)}, of=other)
        ticket.tell("linked", {"kind": change.kind, "from": str(other)}, of=to)


def _remove_link(ticket: Changing, change: RemoveLink) -> None:
    remove_link(ticket.tx, ticket.number, change.kind, change.other)
    ticket.tell_both(change.other, "unlinked", {"kind": change.kind})


def _merge_into(ticket: Changing, change: MergeInto) -> None:
    merge_links(ticket.tx, ticket.number, change.survivor)
    move_held(ticket.tx, ticket.number, change.survivor, ticket.plan.at)
    add_people(ticket.tx, change.survivor, change.people)
    ticket.tx.connection.execute(_TOUCH, {"survivor": change.survivor, "at": ticket.plan.at})
    ticket.tell_both(change.survivor, "linked", {"kind": LinkKind.MERGED_INTO})
    if change.people:
        ticket.tell("participants", {"added": [person.address for person in change.people]}, of=change.survivor)


def _inform_incidents(ticket: Changing, change: InformIncidents) -> None:
    article = ticket.article if change.answered else None
    add_broadcast(ticket.tx, ticket.number, ticket.plan.actor, article, ticket.plan.at, solved=change.solved)


def _set_major(ticket: Changing, change: SetMajor) -> None:
    major = change.after
    if major is None:
        if end(ticket.tx, ticket.number, ticket.plan.at):
            ticket.tell("major_ended", {})
        return
    declare(ticket.tx, major)
    news_at = major.news_at.isoformat() if major.news_at else None
    ticket.tell("major", {"texts": dict(major.texts), "only_for": major.only_for, "news_at": news_at})


def _take_turn(ticket: Changing, change: TakeTurn) -> None:
    take_turn(ticket.tx, change.group, change.agent)


def _snooze(ticket: Changing, change: Snooze) -> None:
    ticket.after["snoozed_until"] = change.after
    shown = (("before", change.before), ("after", change.after))
    ticket.tell("snoozed_until", {name: at.isoformat() if at else None for name, at in shown})


def _offer(ticket: Changing, change: OfferTicket) -> None:
    offer = change.offer
    ticket.after.update(offer_columns(offer))
    accept_by = offer.accept_by.isoformat() if offer.accept_by else None
    ticket.tell("offered", {"from": offer.giver, "to": change.group, "accept_by": accept_by})


def _end_offer(ticket: Changing, change: EndOffer) -> None:
    ticket.before.setdefault("offered_at", change.offer.at)
    ticket.after.update(offer_columns(None))
    ticket.tell(change.end.value, {"from": change.offer.giver, "to": change.group})


def _time_offer(ticket: Changing, change: TimeOffer) -> None:
    ticket.before.setdefault("offered_at", change.before.at)
    ticket.after.update(offer_columns(change.after))
    until = change.after.accept_by
    detail = {"from": change.after.giver, "to": change.group, "accept_by": until.isoformat() if until else None}
    is_going = change.before.is_paused is change.after.is_paused
    ticket.tell("offer_retimed" if is_going else "offer_paused" if change.after.is_paused else "offer_resumed", detail)


def _fire(ticket: Changing, change: RecordFiring) -> None:
    # the key refuses the second of two, which then is StoreBusy as for any other race
    ticket.tx.connection.execute(_ADD_FIRING, {"ticket": ticket.number, "name": change.name, "at": ticket.plan.at})


def _set_attention(ticket: Changing, change: SetAttention) -> None:
    ticket.after["attend_at"] = change.at


def _rouse(ticket: Changing, _change: Rouse) -> None:
    ticket.after["dormant"] = False


def _set_clocks(ticket: Changing, change: SetClocks) -> None:
    write_clocks(ticket.tx, ticket.number, change.before, change.after)
    ticket.tell(clock_events.WHAT, clock_events.detail_of(change.before, change.after, change.status))


def _mark_undelivered(ticket: Changing, change: MarkUndelivered) -> None:
    suppressions.mark_undelivered(ticket.tx, ticket.number, change.at, change.address)


def _note_answer(ticket: Changing, change: AnswerChange) -> None:
    ticket.tell(*note_answer(ticket.tx, ticket.number, change, ticket.plan.at))


def _name_by(ticket: Changing, change: NameBy) -> None:
    add_names(ticket.tx, ticket.number, change.names, change.subject)


def _record_event(ticket: Changing, change: RecordEvent) -> None:
    ticket.tell(change.what, change.detail)


CARRIED_OUT: dict[type, Callable[[Changing, Any], None]] = {
    AddArticle: _add_article,
    HoldAnswer: _hold,
    HoldOn: _hold_on,
    ReleaseAnswer: _release,
    **dict.fromkeys(_COLUMNS, _replace),
    SetOrganisation: _set_organisation,
    SpendTime: _spend_time,
    ChangeTags: _change_tags,
    **OF_PEOPLE,
    SetFields: _set_fields,
    Silence: _silence,
    AddLink: _add_link,
    LinkOthers: _link_others,
    RemoveLink: _remove_link,
    MergeInto: _merge_into,
    InformIncidents: _inform_incidents,
    SetMajor: _set_major,
    TakeTurn: _take_turn,
    Snooze: _snooze,
    OfferTicket: _offer,
    EndOffer: _end_offer,
    TimeOffer: _time_offer,
    RecordFiring: _fire,
    SetAttention: _set_attention,
    SetClocks: _set_clocks,
    Rouse: _rouse,
    MarkUndelivered: _mark_undelivered,
    **dict.fromkeys((ProposeAnswers, InsertAnswer, SendAnswer, JudgeAnswer), _note_answer),
    NameBy: _name_by,
    RecordEvent: _record_event,
}
