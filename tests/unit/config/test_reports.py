"""reports: in gateway.yaml becomes what is sent by itself."""

from datetime import time
from pathlib import Path

import pytest

from mailgateway.config.load import load
from mailgateway.config.policy import policy
from mailgateway.desk.reporting.schedule import Every
from mailgateway.desk.reporting.subscription import About, Attach, Content, Role, Subscription
from mailgateway.share import share
from tests.unit.config.examples import GATEWAY, write

LEVELS = "files: {service_levels: service_levels.yaml, organisations: organisations.yaml}\n"


def read(folder: Path, reports: str) -> tuple[Subscription, ...]:
    """Load a configuration with these reports."""
    (folder / "service_levels.yaml").write_text("calendars: [{name: office, hours: {weekdays: '08:00-16:00'}}]\n")
    acme = "{name: acme, domains: [acme.example], report_to: [it@acme.example]}"
    (folder / "organisations.yaml").write_text(f"organisations: [{acme}]\n")
    settings = load(write(folder, f"{GATEWAY}reports:\n{reports}\n{LEVELS}"))
    assert settings.warnings == ()
    return policy(settings, ()).reports


def test_the_example_in_comments_is_right(tmp_path: Path) -> None:
    """Whoever takes the # off has the four that a desk wants: to management, groups, agents and organisations."""
    text = (share("config") / "gateway.yaml").read_text("utf-8")
    lines = text.partition("# reports:\n")[2].partition("\n\n")[0]
    management, groups, agents, customers = read(tmp_path, "\n".join(line[1:] for line in lines.splitlines()))
    assert (management.about, management.addresses, management.roles) == (
        About.DESK,
        ("boss@example.com",),
        frozenset({Role.MANAGERS}),
    )
    assert (management.schedule.every, management.schedule.at, management.schedule.weekday) == (Every.WEEK, time(7), 0)
    assert (groups.content, groups.about, groups.roles) == (Content.DIGEST, About.GROUPS, frozenset({Role.MEMBERS}))
    assert groups.schedule.calendar is not None
    assert (agents.content, agents.about) == (Content.DIGEST, About.AGENTS)
    assert (customers.about, customers.only, customers.attach) == (
        About.ORGANISATIONS,
        ("acme",),
        frozenset({Attach.FIGURES}),
    )


@pytest.mark.parametrize(
    ("written", "content", "attach"),
    [
        ("{name: x, every: day, to: [admin]}", Content.REPORT, set(Attach)),
        ("{name: x, every: day, for: groups}", Content.REPORT, set(Attach)),
        ("{name: x, every: day, for: agents}", Content.DIGEST, set()),
        ("{name: x, every: month, for: organisations}", Content.REPORT, {Attach.FIGURES}),
        ("{name: x, every: month, for: organisations, attach: [tickets]}", Content.REPORT, {Attach.TICKETS}),
        ("{name: x, every: day, to: [admin], attach: []}", Content.REPORT, set()),
    ],
)
def test_what_is_sent_follows_from_whom_it_is_for(
    tmp_path: Path, written: str, content: Content, attach: set[Attach]
) -> None:
    """Customers get no tickets unless it is said, and agents what they have to do."""
    (one,) = read(tmp_path, f"  - {written}")
    assert (one.content, set(one.attach)) == (content, attach)


def test_a_weekday_in_any_case(tmp_path: Path) -> None:
    """Friday is 4."""
    (one,) = read(tmp_path, "  - {name: x, every: week, weekday: Friday, to: [admin]}")
    assert one.schedule.weekday == 4


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("{name: x, every: week, for: organisations}", "nobody gets this: write report_to: [ADDRESS]"),
        ("{name: x, every: week, to: [managers]}", "nobody gets this: no group has whom it is for"),
        ("{name: x, every: week, for: groups, to: [managers, leads]}", ""),
    ],
)
def test_a_report_that_nobody_gets_is_a_warning(tmp_path: Path, report: str, said: str) -> None:
    """It works, and the admin is told."""
    warnings = load(write(tmp_path, f"{GATEWAY}reports: [{report}]\n")).warnings
    assert [said in str(warning) for warning in warnings] == [True] * bool(said)
