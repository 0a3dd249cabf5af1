"""Reports: counted in one state of the database, drawn and written, sent where somebody wants them."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime

from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting import report_notice
from mailgateway.flows.contracts import uses
from mailgateway.flows.desk import Desk
from mailgateway.mail.model import Address
from mailgateway.render.charts import charts, described
from mailgateway.reports.asked import Asked
from mailgateway.reports.counted import Listed, Scope, Usage
from mailgateway.reports.period import Period
from mailgateway.reports.report import Report, as_report
from mailgateway.store import report_rows
from mailgateway.store.engine import Transaction


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
