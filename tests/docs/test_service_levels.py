"""docs/service-levels.md: what it shows is what comes out."""

import re
import textwrap
from datetime import date, datetime, timedelta
from runpy import run_path
from zoneinfo import ZoneInfo

from mailgateway.cli.views.arithmetic import as_lines
from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.levels.explained import explained
from mailgateway.desk.levels.service_levels import Promise, ServiceLevel
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Status
from tests.docs.pages import ROOT, page, section
from tests.unit.desk.levels import test_explained
from tests.unit.desk.levels.test_explained import HOUR, Told

WARSAW = ZoneInfo("Europe/Warsaw")
OFFICE = Calendar(
    "office",
    WARSAW,
    (*((((480, 960),),) * 5), (), ()),
    holidays=lambda year: {date(year, 11, 11): "National Independence Day"},
)
STANDARD = ServiceLevel(
    "standard", OFFICE, OFFICE, (Promise({Target.FIRST_RESPONSE: 4 * HOUR, Target.RESOLUTION: 8 * HOUR}),)
)


class Story(Told):
    """A ticket of Tuesday afternoon, pending for two hours on Thursday."""

    def happen(self, level: ServiceLevel = STANDARD, **happened: bool) -> None:
        super().happen(STANDARD if level is test_explained.STANDARD else level, **happened)


def test_the_arithmetic_of_the_page_is_the_real_one() -> None:
    """Over a holiday and a pause."""
    told = Story(datetime(2026, 11, 10, 14, 30, tzinfo=WARSAW))
    told.set(timedelta(hours=42.5), status=Status.PENDING)
    told.set(2 * HOUR, status=Status.OPEN)
    calendars = {**test_explained.CALENDARS, "office": OFFICE}
    said = list(as_lines(explained(told.events, told.at, calendars)))
    shown = section(page("docs/service-levels.md"), "Why a time is due")
    [block] = re.findall(r"(?m)(?:^    .*\n|^\n(?=    ))+", shown + "\n")
    assert textwrap.dedent(block).strip().splitlines() == said


def test_the_picture_shows_the_sums_of_the_page() -> None:
    """It is what the script draws of them: two clocks with every part."""
    made = run_path(str(ROOT / "docs" / "make_clock_picture.py"))
    clocks = made["read"](page("docs/service-levels.md"))
    assert [(one.name, len(one.parts)) for one in clocks] == [("First answer", 5), ("Solution", 9)]
    assert made["draw"](clocks) == page("docs/pictures/clocks.svg")
