"""`mailgateway tickets show`: a ticket whole."""

from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.commands.tickets.words import Number
from mailgateway.cli.lines import clean, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.names import no_ticket
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.arithmetic import as_lines, as_objects
from mailgateway.cli.views.tickets import show_sheet
from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.levels.clocks import Calendars
from mailgateway.desk.levels.explained import explained
from mailgateway.flows.sheets import sheet_object
from mailgateway.store.tickets import shown as tickets


def show(
    ctx: typer.Context,
    number: Number,
    *,
    explain_levels: Annotated[
        bool, typer.Option("--explain-levels", help="Show how each due time was reckoned, instead.")
    ] = False,
    as_object: AsJson = False,
) -> None:
    """Show a ticket whole. Its articles, what happened to it, and why it was routed where it is."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        sheet = tickets.shown(tx, number)
        calendars = {one.name: one for one in gateway.policy.calendars}
        known, assets = gateway.policy.organisations, gateway.policy.assets
    if sheet is None:
        raise no_ticket(number)
    if explain_levels:
        _explain(sheet, calendars, known, as_object=as_object)
    elif as_object:
        say_json(sheet_object(sheet, clock.now(), known))
    else:
        is_vip = known.is_vip(sheet.ticket.requester.address)
        show_sheet(sheet, clock.now(), is_vip=is_vip, about=assets.label(sheet.ticket.ci))


def _explain(sheet: tickets.TicketSheet, calendars: Calendars, known: Organisations, *, as_object: bool) -> None:
    now = clock.now()
    found = explained(sheet.events, now, calendars)
    if as_object:
        say_json({**sheet_object(sheet, now, known), "levels_explained": as_objects(found)})
        return
    for line in as_lines(found) if found else ("Nothing was promised for this ticket.",):
        say(clean(line, 200))
