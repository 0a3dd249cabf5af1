"""Reports: counted in one state of the database, drawn and written, sent where somebody wants them."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from csv import writer
from datetime import datetime
from io import StringIO

from mailgateway.desk.letters.reporting import report_notice
from mailgateway.desk.model import Article, ArticleKind, Direction, StoredFile
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.flows.contracts import uses
from mailgateway.flows.desk import Desk
from mailgateway.flows.letters import queue_letters
from mailgateway.mail.model import Address, Attachment
from mailgateway.render.charts import charts, described
from mailgateway.reports.asked import Asked, read_asked
from mailgateway.reports.counted import Listed, Scope, Usage
from mailgateway.reports.export import as_rows, listed_rows
from mailgateway.reports.period import Period
from mailgateway.reports.report import Report, as_report
from mailgateway.store import report_rows
from mailgateway.store.engine import Transaction

_MOST_LISTED = 5_000
_STORED = ("filename", "content_type", "size", "sha256", "inline", "content_id")


def make_report(tx: Transaction, period: Period, scope: Scope, policy: Policy, now: datetime) -> Report:
    """Return the report of a period; the use of contracts is that of their own periods at its end."""
    counts = report_rows.counts(tx, period, scope, now)
    report = as_report(counts, period, scope, now)
    return report.with_usage(_usage(tx, period.until(now).ends, scope, policy))


def list_behind(tx: Transaction, asked: Asked, period: Period, scope: Scope, now: datetime) -> tuple[Listed, ...]:
    """Return the tickets behind a figure."""
    return report_rows.listed(tx, asked, period.until(now), scope)


def report_page(desk: Desk, report: Report, language: str) -> str:
    """Return a report as a page that holds its charts."""
    words = desk.renderer().report_words(language)
    told = described(report, words)
    shown = [
        {"name": name, "source": f"data:image/png;base64,{b64encode(picture).decode()}", "alt": told[name]}
        for name, picture in charts(report, words).items()
    ]
    policy = desk.policy()
    values = {"figures": report, "charts": shown}
    rendered = desk.renderer().render(report_notice(Address("", policy.admin), language, values, policy))
    return rendered.html or rendered.text


def send_report(desk: Desk, tx: Transaction, report: Report, language: str, occasion: str) -> None:
    """Queue a report for the admin, with its charts, its figures as CSV, and the tickets behind them.

    Nothing is queued a second time for the same occasion.
    """
    policy, now = desk.policy(), desk.clock()
    words = desk.renderer().report_words(language)
    told = described(report, words)
    pictures = [_picture(name, content) for name, content in charts(report, words).items()]
    files = [*pictures, *_lists(tx, report, now)]
    shown = [{"name": name, "source": f"cid:{name}.report", "alt": told[name]} for name in told if pictures]
    stored = tuple(StoredFile(*(getattr(one, name) for name in _STORED)) for one in files)
    carried = Article(ArticleKind.NOTE, Direction.OUT, Address("", policy.admin), now, "", attachments=stored)
    values = {"figures": report, "charts": shown}
    notice = report_notice(Address("", policy.admin), language, values, policy, carried)
    plan = Plan(now, "report", Disposition.RECORDED, "a report", notices=(notice,))
    queue_letters(desk, tx, plan, None, occasion, policy, files)


def _picture(name: str, content: bytes) -> Attachment:
    return Attachment(f"{name}.png", "image/png", content, inline=True, content_id=f"{name}.report")


def _lists(tx: Transaction, report: Report, now: datetime) -> Iterator[Attachment]:
    """Give the figures, and for each figure the newest of its tickets, as files for spreadsheets."""
    yield Attachment("figures.csv", "text/csv", _csv(as_rows(report)))
    window = report.period.until(now)
    for asked in dict.fromkeys(figure.asked for figure in report.figures):
        tickets = report_rows.listed(tx, read_asked(asked), window, report.scope, _MOST_LISTED)
        if tickets:
            yield Attachment(f"{asked.replace(':', '-')}.csv", "text/csv", _csv(listed_rows(tickets)))


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    held = StringIO()
    writer(held, lineterminator="\r\n").writerows(rows)
    return held.getvalue().encode()


def _usage(tx: Transaction, ends: datetime, scope: Scope, policy: Policy) -> Iterable[Usage]:
    """Give what organisations used; a group has no contracts."""
    if scope.group is not None:
        return
    one = policy.organisations.named(scope.organisation)
    wanted = policy.organisations.all if scope.organisation is None else (one,) if one is not None else ()
    # the last instant within: at the stroke of midnight the next period of the contract begins
    for name, (use, period) in uses(tx, wanted, ends - datetime.resolution, policy).items():
        contract = policy.organisations.by_name[name.casefold()].contract
        if contract is not None:
            unit, begins = use.allowance.unit.value, period.begins.date()
            yield Usage(name, contract.name, unit, use.used, use.allowance.amount, begins)
