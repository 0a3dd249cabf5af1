"""service_levels.yaml: calendars as admins write them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mailgateway.config.load import load
from mailgateway.config.policy import policy
from mailgateway.config.service.holidays import PublicHolidays
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.service_levels import Told
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Priority, Status
from mailgateway.desk.policy import Policy
from mailgateway.share import share
from tests.unit.config.examples import GATEWAY, GROUPS, write
from tests.unit.desk.builders import make_ticket

LEVELS = """\
calendars:
  - name: office
    timezone: Europe/Warsaw
    hours: {every_day: "09:00-12:00", weekdays: ["08:00-12:00", "12:30-16:00"], friday: "8:00-14:00", sunday: closed}
    holidays: {country: PL}
    closures: [{name: Stocktaking, from: 2026-12-30, to: 2026-12-31}]
    openings: [{day: 2026-11-11, hours: "10:00-12:00"}]
  - name: always
"""


def policy_of(folder: Path, levels: str = LEVELS, routing: str = "rules: []\n") -> Policy:
    """Return the policy of a configuration with these calendars."""
    path = write(folder, GATEWAY + "files: {service_levels: service_levels.yaml}\n", routing=routing)
    (folder / "service_levels.yaml").write_text(levels, encoding="utf-8")
    return policy(load(path), (b"key",))


def office(folder: Path) -> Calendar:
    """Return the first calendar."""
    return policy_of(folder).calendars[0]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 2), ((480, 720), (750, 960))),
        (date(2026, 3, 6), ((480, 840),)),
        (date(2026, 3, 7), ((540, 720),)),
        (date(2026, 3, 8), ()),
        (date(2026, 4, 6), ()),
        (date(2026, 12, 31), ()),
        (date(2026, 11, 11), ((600, 720),)),
    ],
)
def test_the_most_special_key_says_the_hours_of_a_day(
    tmp_path: Path, day: date, hours: tuple[tuple[int, int], ...]
) -> None:
    """A day's own key, then its kind, then every_day; holidays and closures close, openings open."""
    assert office(tmp_path).hours_of(day) == hours


def test_a_closed_day_says_why(tmp_path: Path) -> None:
    """Holidays have their names from the library, closures from the file."""
    assert office(tmp_path).closed_for(date(2026, 12, 25)) == "Christmas Day"
    assert office(tmp_path).closed_for(date(2026, 12, 30)) == "Stocktaking"
    assert office(tmp_path).closed_for(date(2026, 3, 2)) == ""


def test_holidays_are_those_of_the_part_of_a_country() -> None:
    """Epiphany is a holiday in Bavaria, and not in Berlin; each year is looked up when it is asked for."""
    epiphany = date(2031, 1, 6)
    assert epiphany in PublicHolidays("DE", "BY")(2031)
    assert epiphany not in PublicHolidays("DE", "BE")(2031)


def test_the_policy_knows_which_calendars_are_open(tmp_path: Path) -> None:
    """On a working day in the morning both, at night the one without hours."""
    made = policy_of(tmp_path)
    assert made.open_calendars(datetime(2026, 3, 2, 8, tzinfo=UTC)) == ("office", "always")
    assert made.open_calendars(datetime(2026, 3, 2, 20, tzinfo=UTC)) == ("always",)


def test_tests_of_rules_know_the_calendars(tmp_path: Path) -> None:
    """A rule for mail outside business hours is tested by the time at which a mail is received."""
    routing = "rules: [{name: n, when: {not: {field: received.calendar, equals: Office}}, then: {tags: night}}]\n"
    (tmp_path / "routing.tests.yaml").write_text(
        "tests:\n"
        "  - {name: night, received: '2026-03-02 20:00', mail: {subject: x}, expect: {tags: [night]}}\n"
        "  - {name: day, received: '2026-03-02 10:00', mail: {subject: x}, expect: {tags: []}}\n",
        encoding="utf-8",
    )
    assert policy_of(tmp_path, routing=routing).ruleset.fields == {"received.calendar"}


POLICIES = """\
calendars:
  - {name: office, hours: {weekdays: "08:00-16:00"}}
  - {name: always}
policies:
  - name: premium
    calendar: always
    working_hours: office
    for: {organisation: ACME, priority: [high, urgent]}
    targets:
      - {priority: urgent, first_response: 30m}
      - {first_response: 1h30m, own: 1h}
    pauses: [pending, on_hold]
    escalations:
      - {at: 80%, notify: assignee}
      - {at: 100%, of: [resolution], notify: [lead, manager], priority: raise, group: First-Line, on_call: first-line}
  - {name: standard, calendar: office, only_by_name: true, targets: [{resolution: 40h}]}
"""
HALF_AN_HOUR = timedelta(minutes=30)


def test_policies_are_what_was_written(tmp_path: Path) -> None:
    """Of several entries the first that fits counts; what is not written is as the documentation says."""
    made = policy_of(tmp_path, POLICIES)
    premium, standard = made.service_levels
    urgent, high = (make_ticket(priority=one, organisation="acme") for one in (Priority.URGENT, Priority.HIGH))
    assert premium.lengths(urgent) == {Target.FIRST_RESPONSE: HALF_AN_HOUR, Target.OWN: 2 * HALF_AN_HOUR}
    assert premium.lengths(high)[Target.FIRST_RESPONSE] == 3 * HALF_AN_HOUR
    assert made.level_of(high) is premium
    assert made.level_of(make_ticket(organisation="ACME")) is None
    assert made.level_of(make_ticket(service_level="standard")) is standard
    assert (premium.calendar.name, premium.hours.name) == ("always", "office")
    assert premium.pauses == {Status.PENDING, Status.ON_HOLD}
    assert standard.pauses == {Status.PENDING}


def test_the_lead_is_told_of_a_ticket_that_nobody_took_without_a_word_of_it(tmp_path: Path) -> None:
    """Where a policy has a time to own and no escalation of it, there is one to the lead at its end."""
    premium, standard = policy_of(tmp_path, POLICIES).service_levels
    assert [(step.share, step.notify) for step in premium.steps if Target.OWN in step.of] == [(100, (Told.LEAD,))]
    assert standard.steps == ()
    assert premium.steps[0].of == {Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION}


def test_the_example_is_right_with_everything_in_it(tmp_path: Path) -> None:
    """Whoever takes the # off the policies of the shipped example has them."""
    text = (share("config") / "service_levels.yaml").read_text(encoding="utf-8")
    policies = text[text.index("# policies:") :]
    written = "\n".join(line.removeprefix("#").removeprefix(" ") for line in policies.splitlines())
    levels = text[: text.index("# policies:")] + written
    groups = GROUPS + "  - {name: hardware, members: [anna], manager: boss@example.com}\n"
    path = write(tmp_path, GATEWAY + "files: {service_levels: service_levels.yaml}\n", groups=groups)
    (tmp_path / "service_levels.yaml").write_text(levels, encoding="utf-8")
    settings = load(path)
    assert [level.name for level in settings.service_levels.policies] == ["premium", "standard"]
    assert settings.directory.groups[1].manager == "boss@example.com"
