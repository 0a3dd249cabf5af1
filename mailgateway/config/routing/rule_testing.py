"""The tests beside the rules, run wherever these are read: what comes of each mail and ticket, beside what must."""

from collections.abc import Iterator

from mailgateway.config.reading.document import Document
from mailgateway.config.routing.rule_tests import Existing, RuleTest, RuleTestsFile
from mailgateway.config.routing.tested import CannotAsk, question_of
from mailgateway.desk.policy import Policy
from mailgateway.desk.routing.outcome import outcome
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath
from mailgateway.rules.nearest import instead
from mailgateway.rules.schema import Question
from mailgateway.rules.text import excerpt

_WITH_NAMES_OF_RULES = ("no_acknowledgement", "discard", "quarantine", "reject")
_IN_ANY_ORDER = ("tags", "cc", "watchers", "forward", "webhook", "no_status_mails")


def run_tests(file: RuleTestsFile, document: Document, policy: Policy) -> Iterator[Finding]:
    """Give a finding for everything that comes out otherwise than expected."""
    for number, test in enumerate(file.tests):
        path: EntryPath = ("tests", number)
        if test.mailbox is not None and test.mailbox not in [mailbox.name for mailbox in policy.mailboxes]:
            known = ", ".join(mailbox.name for mailbox in policy.mailboxes)
            yield document.finding((*path, "mailbox"), f"no mailbox is called {test.mailbox}; there are: {known}")
            continue
        if test.ticket is not None:
            unknown = tuple(_unknown(test.ticket, policy))
            for key, problem in unknown:
                yield document.finding((*path, "ticket", key), problem)
            if unknown:
                continue
        try:
            question = question_of(test, policy)
        except CannotAsk as wrong:
            yield document.finding((*path, wrong.key), str(wrong))
            continue
        for key, problem in _differences(test, question, policy):
            yield document.finding((*path, "expect", key), f"the test {excerpt(test.name)} fails: {problem}")


def _differences(test: RuleTest, question: Question, policy: Policy) -> Iterator[tuple[str, str]]:
    trace = outcome(policy, question)
    final = trace["final"]
    if not isinstance(final, dict):
        return
    got = {**final, "matched": trace["matched"]}
    for key, expected in test.expect.model_dump(mode="json", exclude_none=True).items():
        come: object = bool(got.get(key)) if key in _WITH_NAMES_OF_RULES else got.get(key, "")
        if _in_order(key, come) != _in_order(key, expected):
            by = f" by rule {got[key]}" if key in _WITH_NAMES_OF_RULES and come else ""
            yield key, f"{key} is {_shown(come)}{by}, not {_shown(expected)}; matched: {_shown(trace['matched'])}"


def _in_order(key: str, value: object) -> object:
    return sorted(value) if key in _IN_ANY_ORDER and isinstance(value, list) else value


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(ticket: Existing, policy: Policy) -> Iterator[tuple[str, str]]:
    """Give what the ticket of a test says that no ticket of this desk can have."""
    groups = [group.name for group in policy.directory.groups]
    agents = [agent.name for agent in policy.directory.agents]
    if ticket.group is not None and ticket.group not in groups:
        yield "group", f"unknown group {excerpt(ticket.group)}; {instead(ticket.group, groups)}"
    if ticket.assignee is not None and ticket.assignee not in agents:
        yield "assignee", f"unknown agent {excerpt(ticket.assignee)}; {instead(ticket.assignee, agents)}"
