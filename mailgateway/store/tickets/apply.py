"""A plan becomes rows: the one way in which tickets change."""

from collections.abc import Sequence

from sqlalchemy import func, insert, update

from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Change, OpenTicket, Plan
from mailgateway.errors import StoreBusy
from mailgateway.store import events
from mailgateway.store.engine import Transaction
from mailgateway.store.incoming.spool import Spooled
from mailgateway.store.outgoing import suppressions
from mailgateway.store.service.spells import begin_spell, turn_spells
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tickets.belongings import add_people, add_tags, add_watchers
from mailgateway.store.tickets.changes import carry_out
from mailgateway.store.tickets.changing import Changing

_OPEN = insert(TicketRow).returning(TicketRow.number)


def apply(tx: Transaction, plan: Plan, spooled: Spooled | None) -> int | None:
    """Carry out a plan; return the number of its ticket, None where it has none.

    `spooled` is the mail that caused it. Raises StoreBusy where the ticket is no longer as the plan was made for.
    """
    opening, changes = _opening(plan.changes)
    suppressions.keep(tx, plan.reachability)
    number = plan.ticket if opening is None else _open(tx, opening)
    if number is None:
        if changes:
            raise ValueError("a plan without a ticket can change nothing")
        return None
    ticket = Changing(tx, plan, number, spooled.id if spooled else None)
    if opening is not None:
        ticket.tell("opened", _opened(opening.ticket))
    for change in changes:
        carry_out(ticket, change)
    if changes and (opening is None or ticket.after or ticket.is_answered):
        _write_head(ticket)
    events.record(tx, ticket.events)
    return number


def _opening(changes: Sequence[Change]) -> tuple[OpenTicket | None, Sequence[Change]]:
    if changes and isinstance(changes[0], OpenTicket):
        return changes[0], changes[1:]
    return None, changes


def _write_head(ticket: Changing) -> None:
    """Write the head of a ticket, if it still is what the plan replaces: no update is ever lost."""
    statement = update(TicketRow).where(TicketRow.number == ticket.number)
    for column, before in ticket.before.items():
        statement = statement.where(getattr(TicketRow, column) == before)
    values = {getattr(TicketRow, column): after for column, after in ticket.after.items()}
    if "status" in ticket.after:
        values[TicketRow.status_since] = ticket.plan.at
        turn_spells(ticket.tx, ticket.number, ticket.before["status"], ticket.after["status"], ticket.plan.at)
    if ticket.is_answered:
        values[TicketRow.answered_at] = func.coalesce(TicketRow.answered_at, ticket.plan.at)
    if not ticket.plan.is_quiet:
        values[TicketRow.updated_at] = ticket.plan.at
    if not values:
        return
    written = ticket.tx.connection.execute(statement.values(values))
    if written.rowcount != 1:
        raise StoreBusy(f"ticket {ticket.number} was changed by somebody else meanwhile")


def _open(tx: Transaction, opening: OpenTicket) -> int:
    ticket = opening.ticket
    number = tx.connection.execute(
        _OPEN,
        {
            "subject": ticket.subject,
            "status": ticket.status,
            "type": ticket.type,
            "priority": ticket.priority,
            "group_name": ticket.group,
            "assignee": ticket.assignee,
            "requester_name": ticket.requester.name,
            "requester_address": ticket.requester.address,
            "requester_key": address_key(ticket.requester.address),
            "mailbox": ticket.mailbox,
            "language": ticket.language,
            "created_at": ticket.created_at,
            "updated_at": ticket.updated_at,
            "organisation": ticket.organisation,
            "service_level": ticket.service_level,
            "ci": ticket.ci,
            "status_since": ticket.status_since,
            "snoozed_until": ticket.snoozed_until,
            "attend_at": ticket.attend_at,
            "fields": dict(ticket.fields),
            "silent": list(ticket.silent) or None,
            "dormant": ticket.dormant,
            "trace": dict(opening.trace),
        },
    ).scalar_one()
    begin_spell(tx, number, ticket.status, ticket.created_at)
    add_tags(tx, number, ticket.tags)
    add_people(tx, number, ticket.participants)
    add_watchers(tx, number, ticket.watchers)
    return number


def _opened(ticket: Ticket) -> dict[str, object]:
    return {
        "status": ticket.status,
        "type": ticket.type,
        "priority": ticket.priority,
        "group": ticket.group,
        "assignee": ticket.assignee,
        "mailbox": ticket.mailbox,
        "organisation": ticket.organisation,
        "ci": ticket.ci,
    }
