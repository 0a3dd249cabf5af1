"""organisations.yaml becomes what the desk knows of its customers."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailgateway.config.load import load
from mailgateway.desk.customers.organisations import Allowance, Contract, Organisation, Per, Person, Unit, WhenUsedUp
from mailgateway.share import share
from tests.unit.config.examples import GATEWAY, write

NAMED = GATEWAY + "files: {organisations: organisations.yaml}\n"
BOTH = NAMED.replace("files: {", "files: {service_levels: service_levels.yaml, ")


def read(folder: Path, organisations: str, gateway: str = NAMED) -> tuple[Organisation, ...]:
    """Load a configuration with these organisations."""
    (folder / "organisations.yaml").write_text(organisations, encoding="utf-8")
    return load(write(folder, gateway)).organisations.all


def test_the_example_in_comments_is_right(tmp_path: Path) -> None:
    """Whoever takes the # off has two organisations, with everything that one can have."""
    text = (share("config") / "organisations.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^#   (?=[- ])", "  ", text.replace("organisations: []", "organisations:"))
    acme, globex = read(tmp_path, text)
    assert acme == Organisation(
        name="acme",
        display="ACME Corporation",
        domains=("acme.example", "acme.test"),
        addresses=("acme.works@post.example",),
        language="en",
        timezone=ZoneInfo("Europe/London"),
        vips=("ceo@acme.example",),
        people=(Person("jan@acme.example", ("jan.kowalski@home.example",), "Jan Kowalski", is_vip=True),),
        contract=Contract("gold", allowance=Allowance(50, Unit.TICKETS, Per.MONTH)),
        contacts=("it@acme.example",),
    )
    assert globex == Organisation("globex", "globex", ("globex.example",), contract=Contract("silver"))


def test_hours_may_be_parts_and_the_requester_may_be_told(tmp_path: Path) -> None:
    """A plan in hours, and what becomes of a matter beyond it."""
    plan = (
        "{name: silver, service_level: day, support_hours: office, plan: {hours: 7.5, per: year}, when_used_up: reply}"
    )
    policy = "policies: [{name: day, calendar: office, targets: [{resolution: 8h}]}]"
    (tmp_path / "service_levels.yaml").write_text(f"calendars: [{{name: office}}]\n{policy}\n")
    (one,) = read(tmp_path, f"organisations: [{{name: acme, domains: [a.example], contract: {plan}}}]", BOTH)
    allowance = Allowance(7.5, Unit.HOURS, Per.YEAR)
    assert one.contract == Contract("silver", "day", "office", allowance, WhenUsedUp.REPLY)


def test_without_the_key_there_are_none(tmp_path: Path) -> None:
    """A file that nobody names is not read."""
    (tmp_path / "organisations.yaml").write_text("nonsense: true")
    assert load(write(tmp_path)).organisations.all == ()


@pytest.mark.parametrize(
    ("organisation", "said"),
    [
        ("{name: acme}", "nobody belongs to acme but by a rule: write domains: [DOMAIN] or addresses: [ADDRESS]"),
        ("{name: acme, domains: [gmail.com]}", "anybody can have an address at gmail.com"),
    ],
)
def test_what_deserves_a_second_look_is_a_warning(tmp_path: Path, organisation: str, said: str) -> None:
    """Such organisations work, and the admin is told."""
    (tmp_path / "organisations.yaml").write_text(f"organisations: [{organisation}]")
    (warning,) = load(write(tmp_path, NAMED)).warnings
    assert said in str(warning)


def test_a_change_of_the_file_is_noticed(tmp_path: Path) -> None:
    """It is among the files whose change makes the configuration be read again, and none of the rules."""
    (tmp_path / "organisations.yaml").write_text("organisations: []")
    settings = load(write(tmp_path, NAMED))
    assert tmp_path / "organisations.yaml" in settings.files
    assert tmp_path / "organisations.yaml" not in settings.rules_files
