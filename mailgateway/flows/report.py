"""Reports: counted in one state of the database, drawn and written, sent where somebody wants them."""

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.model import Article, StoredFile
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting.notices import carrier, report_notice
from mailgateway.desk.reporting.subscription import Attach
from mailgateway.flows.contracts import uses
from mailgateway.flows.desk import Desk
from mailgateway.flows.lists import as_csv, files_behind, last_instant
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.mail.model import Address, Attachment
from mailgateway.render.charts import NAMES, charts, described
from mailgateway.render.wording import Phrases
from mailgateway.reports.counted import Counts, Effort, Scope, Usage
from mailgateway.reports.export import FOR_CUSTOMERS, LISTED, as_rows
from mailgateway.reports.period import Period
from mailgateway.reports.report import Report, as_report
from mailgateway.store.engine import Transaction
from mailgateway.store.reports import rows as report_rows

_STORED = ("filename", "content_type", "size", "sha256", "inline", "content_id")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """What a letter with a report is written with: the values of its templates, and its files."""

    values: dict[str, object]
    files: tuple[Attachment, ...]

    def article(self, policy: Policy, at: datetime) -> Article:
        """Return what the files hang on."""
        stored = (StoredFile(*(getattr(one, name) for name in _STORED)) for one in self.files)
        return carrier(policy, at, tuple(stored))


def make_report(tx: Transaction, period: Period, scope: Scope, policy: Policy, now: datetime) -> Report:
    """Return the report of a period; the use of contracts is that of their own periods at its end."""
    counts = report_rows.counts(tx, period, scope, now)
    report = as_report(counts, period, scope, now).with_efforts(_efforts(counts, policy))
    return report.with_usage(_usage(tx, last_instant(period.until(now)), scope, policy))


def report_page(desk: Desk, report: Report, language: str) -> str:
    """Return a report as a page that holds its charts."""
    words = desk.renderer().report_words(language)
    sources = {
        name: f"data:image/png;base64,{b64encode(picture).decode()}" for name, picture in charts(report, words).items()
    }
    shown = _shown(report, words, sources)
    policy = desk.policy()
    values = {"figures": report, "charts": shown}
    rendered = desk.renderer().render(report_notice(Address("", policy.admin), language, values, policy))
    return rendered.html or rendered.text


def send_report(desk: Desk, tx: Transaction, report: Report, language: str, occasion: str) -> None:
    """Queue a report for the admin, with its charts, its figures as CSV, and the tickets behind them.

    Nothing is queued a second time for the same occasion.
    """
    policy, now = desk.policy(), desk.clock()
    enclosed = enclose(desk, tx, report, language, tuple(Attach))
    notice = report_notice(Address("", policy.admin), language, enclosed.values, policy, enclosed.article(policy, now))
    plan = Plan(now, "report", Disposition.RECORDED, "a report", notices=(notice,))
    queue_letters(desk, tx, plan, None, occasion, policy, enclosed.files)


def enclose(
    desk: Desk,
    tx: Transaction,
    report: Report,
    language: str,
    attach: Collection[Attach],
    *,
    for_customer: bool = False,
) -> Enclosure:
    """Draw a report's charts, and write down its figures and the tickets behind them where they are to go along."""
    words = desk.renderer().report_words(language)
    pictures = [_picture(name, content) for name, content in charts(report, words).items()]
    shown = _shown(report, words, {name: f"cid:{name}.report" for name in NAMES if pictures})
    files = list(pictures)
    if Attach.FIGURES in attach:
        files.append(Attachment("figures.csv", "text/csv", as_csv(as_rows(report))))
    if Attach.TICKETS in attach:
        columns = FOR_CUSTOMERS if for_customer else LISTED
        files += files_behind(tx, report, desk.policy(), desk.clock(), columns)
    return Enclosure({"figures": report, "charts": shown}, tuple(files))


def _shown(report: Report, words: Phrases, sources: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what templates need of charts: where each picture comes from, and what it shows."""
    told = described(report, words)
    return [
        {"name": name, "title": words.phrase(name, {}), "source": source, "alt": told[name]}
        for name, source in sources.items()
    ]


def _picture(name: str, content: bytes) -> Attachment:
    return Attachment(f"{name}.png", "image/png", content, inline=True, content_id=f"{name}.report")


def _efforts(counts: Counts, policy: Policy) -> Iterator[Effort]:
    """Give who did what, agents by their names; whoever is no agent any more keeps their address."""
    answers: Counter[str] = Counter()
    for address, number in counts.answers.items():
        agent = policy.directory.agent_at(address)
        answers[agent.name if agent is not None else address] += number
    for name in dict.fromkeys((*answers, *counts.worked)):
        yield Effort(name, answers[name], counts.worked.get(name, 0))


def _usage(tx: Transaction, at: datetime, scope: Scope, policy: Policy) -> Iterable[Usage]:
    """Give what organisations used; a group has no contracts."""
    if scope.group is not None:
        return
    one = policy.organisations.named(scope.organisation)
    wanted = policy.organisations.all if scope.organisation is None else (one,) if one is not None else ()
    for name, (use, period) in uses(tx, wanted, at, policy).items():
        contract = policy.organisations.by_name[name.casefold()].contract
        if contract is not None:
            unit, begins = use.allowance.unit.value, period.begins.date()
            yield Usage(name, contract.name, unit, use.used, use.allowance.amount, begins)
