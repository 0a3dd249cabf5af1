"""`mailgateway report`: figures of a period, beside those of the period before, and the tickets behind each."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.apps import single
from mailgateway.cli.lines import say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.names import unknown
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.typed.reports import refuse_idle
from mailgateway.reports.asked import read_asked
from mailgateway.reports.counted import Listed, Scope
from mailgateway.reports.export import as_object, as_rows, listed_object, listed_rows
from mailgateway.reports.period import Period, PeriodName, named_period
from mailgateway.reports.report import Report

# ruff: noqa: PLC0415 - what counts and draws takes as long to import as other commands take

app = single()


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


_Listing = Annotated[
    str | None,
    typer.Option(
        "--list",
        metavar="FIGURE",
        help="The tickets behind a figure: solved, open:group=NAME, helped:answer=NAME, contract:NAME.",
    ),
]
_Sending = Annotated[
    bool, typer.Option("--send", help="Mail it to the admin, with charts and lists; with --name, to its readers.")
]
_Named = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="A report of gateway.yaml as it would be sent now.")
]
_Scheduled = Annotated[
    bool, typer.Option("--scheduled", help="The reports of gateway.yaml: who reads them, when each is due.")
]


@app.command()
def report(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    *,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day, such as 2026-03-01.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day; by default today.")] = None,
    period: Annotated[
        PeriodName | None, typer.Option("--period", help="A period by its name; by default last-week.")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="NAME", help="Only tickets of this group.")] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="Only tickets of this organisation.")
    ] = None,
    figure: _Listing = None,
    form: Annotated[Format, typer.Option("--format", help="How it is written; html has charts.")] = Format.TEXT,
    as_object: AsJson = False,
    send: _Sending = False,
    name: _Named = None,
    scheduled: _Scheduled = False,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="The language of text and html.")] = "en",
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", metavar="NAME", help="Whose midnight days begin at; else that of the rules."),
    ] = None,
) -> None:
    """Show the figures of a period, and what they were in the period before."""
    refuse_idle(ctx)
    form = Format.JSON if as_object else form
    with opened(ctx) as gateway:
        from mailgateway.flows.report import make_report

        if scheduled or name is not None:
            _scheduled(gateway, form, name, send=send)
            return
        now = clock.now()
        _check_language(gateway, language)
        scope = _scope(gateway, group, organisation)
        days = _period(first, last, period, now, _zone(gateway, timezone))
        if figure is not None:
            _show_list(form, _listed(gateway, figure, days, scope, now))
            return
        with gateway.store.reading() as tx:
            made = make_report(tx, days, scope, gateway.policy, now)
        if send:
            _send(gateway, made, language, as_json=form is Format.JSON)
        else:
            _show(form, gateway, made, language)


def _send(gateway: Gateway, made: Report, language: str, *, as_json: bool) -> None:
    from mailgateway.flows.report import send_report

    with gateway.store.writing() as tx:
        send_report(gateway.desk, tx, made, language, f"report-{clock.fresh_id()}")
    if as_json:
        say_json({"report": None, "of": None, "to": [gateway.policy.admin], "queued": True})
    else:
        say(f"The report to {gateway.policy.admin} is queued.")


def _check_language(gateway: Gateway, language: str) -> None:
    """Leave with 2 where nobody wrote words in a language: a report in English is not what was asked for."""
    spoken = gateway.desk.renderer().report_words(language).language
    if spoken.partition("-")[0] != language.casefold().partition("-")[0]:
        raise wrong_usage(f"--language {language}: there are no words in this language, as in de, en and pl")


def _scheduled(gateway: Gateway, form: Format, name: str | None, *, send: bool) -> None:
    from mailgateway.cli.scheduled import show_letters, show_schedule

    if name is None:
        show_schedule(gateway, as_json=form is Format.JSON)
    else:
        show_letters(gateway, name, as_json=form is Format.JSON, send=send)


def _scope(gateway: Gateway, group: str | None, organisation: str | None) -> Scope:
    directory, organisations = gateway.policy.directory, gateway.policy.organisations
    team, customer = directory.group(group or ""), organisations.named(organisation)
    if group is not None and team is None:
        raise unknown("--group", group, [one.name for one in directory.groups])
    if organisation is not None and customer is None and organisations.all:
        raise unknown("--organisation", organisation, [one.name for one in organisations.all])
    return Scope(team.name if team else None, customer.name if customer else organisation)


def _zone(gateway: Gateway, name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or str(gateway.policy.ruleset.timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong_usage(f"--timezone {name}: there is no such time zone; write one such as Europe/Warsaw") from None


def _period(first: str | None, last: str | None, name: PeriodName | None, now: datetime, zone: ZoneInfo) -> Period:
    if first is None and last is None:
        return named_period(name or PeriodName.LAST_WEEK, now, zone)
    if name is not None:
        raise wrong_usage("--period stands beside --from or --to: give one or the other")
    today = now.astimezone(zone).date()
    until = _day("--to", last) if last is not None else today
    since = _day("--from", first) if first is not None else until.replace(day=1)
    if since > until:
        raise wrong_usage(f"--from {since} is after --to {until}: the first day comes first")
    return Period(since, until, zone)


def _day(option: str, written: str) -> date:
    try:
        found = date.fromisoformat(written.strip())
    except ValueError:
        found = date.min
    if not 1990 <= found.year <= 2200:
        raise wrong_usage(f"{option} {written}: this is no date; write it as 2026-03-01")
    return found


def _listed(gateway: Gateway, figure: str, days: Period, scope: Scope, now: datetime) -> tuple[Listed, ...]:
    from mailgateway.flows.lists import against_asking, list_behind

    try:
        asked = read_asked(figure)
    except ValueError as error:
        raise wrong_usage(f"--list {figure}: {error}") from None
    if against := against_asking(asked, scope, gateway.policy):
        raise wrong_usage(f"--list {figure}: {against}")
    with gateway.store.reading() as tx:
        return list_behind(tx, asked, days, scope, gateway.policy, now)


def _show_list(form: Format, tickets: tuple[Listed, ...]) -> None:
    from mailgateway.cli.views.reports import show_list

    match form:
        case Format.JSON:
            for one in tickets:
                say_json(listed_object(one))
        case Format.CSV:
            _say_rows(listed_rows(tickets))
        case Format.HTML:
            raise ValueError("refuse_idle lets no list be a page")
        case Format.TEXT:
            show_list(tickets)


def _show(form: Format, gateway: Gateway, made: Report, language: str) -> None:
    from mailgateway.cli.views.reports import show_report
    from mailgateway.flows.report import report_page
    from mailgateway.render.report import as_sheet

    match form:
        case Format.JSON:
            say_json(as_object(made))
        case Format.CSV:
            _say_rows(as_rows(made))
        case Format.HTML:
            typer.echo(report_page(gateway.desk, made, language))
        case Format.TEXT:
            show_report(as_sheet(made, gateway.desk.renderer().report_words(language)))


def _say_rows(rows: Iterable[Sequence[object]]) -> None:
    held = io.StringIO()
    csv.writer(held, lineterminator="\n").writerows(rows)
    typer.echo(held.getvalue(), nl=False)
