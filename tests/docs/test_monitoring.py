"""The dashboard, the alerts and the page name metrics that there are, with labels that they have."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.metrics.counters import Counters, Expected
from mailgateway.metrics.depths import DepthsCollector
from mailgateway.metrics.exposition import exposed
from mailgateway.store.depths import Depth, Depths, Newest
from mailgateway.store.health import Beat
from tests.docs.pages import ROOT, codes, page, rows, section

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_SELECTOR = re.compile(r"\b((?:mailgateway|process)_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|=|!=)")
_OF_A_SCRAPE = {"job", "instance"}


@cache
def known() -> dict[str, set[str]]:
    """Return every series that a daemon may give out, with its labels."""
    families = text_string_to_metric_families(_exposed())
    return {sample.name: set(sample.labels) for family in families for sample in family.samples}


def _exposed() -> str:
    one = Depth(1, NOW)
    beats = {"fetch:support": Beat("fetch:support", NOW, NOW, "")}
    depths = Depths(
        letters={DeliveryState.QUEUED: one},
        calls={("crm", DeliveryState.QUEUED): one},
        waiting={"support": one},
        quarantined={"support": one},
        overdue={Target.OWN: 1},
        newest={"support": Newest(NOW, NOW)},
        beats=beats,
    )
    counters = Counters()
    counters.registry.register(DepthsCollector(lambda: (depths, NOW)))
    counters.spooled("support", 1, [timedelta(0)])
    counters.planned(Plan(NOW, "x", Disposition.OPENED, "", rules=("printers",)))
    counters.tried("send", DeliveryState.SENT, timedelta(0))
    counters.turned_away("api")
    counters.logged("ingest", "error")
    return exposed(counters.registry)[0].decode()


def alerts() -> list[dict[str, Any]]:
    """Return the alerts of the file."""
    [group] = YAML(typ="safe").load(ROOT / "docs/monitoring/alerts.yaml")["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def questions() -> list[str]:
    """Return every question that the dashboard and the alerts put to Prometheus."""
    board = json.loads(page("docs/monitoring/grafana.json"))
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    chosen = [one["query"]["query"] for one in board["templating"]["list"] if one["type"] == "query"]
    return [*shown, *chosen, *(alert["expr"] for alert in alerts())]


def test_the_dashboard_and_the_alerts_ask_for_what_there_is() -> None:
    """A metric that is renamed would leave an empty panel, and an alert that never comes."""
    asked = [found for question in questions() for found in _SELECTOR.findall(question)]
    assert len(asked) > 30
    for name, matchers in asked:
        assert name in known(), name
        assert set(_MATCHER.findall(matchers)) <= known()[name] | _OF_A_SCRAPE, (name, matchers)


def test_no_counter_of_an_alert_begins_with_its_first() -> None:
    """Prometheus sees an increase where a series was there before: the first error must not go unheard."""
    counters = Counters()
    counters.expect(Expected(["support"], ["send"], ["fetch:support"], ["ingest"], ["printers"]))
    families = text_string_to_metric_families(exposed(counters.registry)[0].decode())
    there = [sample for family in families for sample in family.samples]
    for alert in alerts():
        for name, matchers in _SELECTOR.findall(alert["expr"]):
            equal = dict(re.findall(r'(\w+)="([^"]*)"', matchers))
            found = [one for one in there if one.name == name and equal.items() <= one.labels.items()]
            assert found or not name.endswith("_total"), alert["alert"]


def test_what_is_summed_by_has_that_label() -> None:
    """A sum by a label that is not there is one sum of all."""
    for question in questions():
        [*names] = (name for name, _ in _SELECTOR.findall(question))
        for labels in re.findall(r"\bby \(([^)]*)\)", question):
            wanted = {label.strip() for label in labels.split(",")}
            assert all(wanted <= known()[name] for name in names), question


def test_every_alert_says_what_to_do() -> None:
    """Whoever is woken knows what is wrong, how bad it is, and where to begin."""
    for alert in alerts():
        assert alert["labels"]["severity"] in ("page", "warn"), alert["alert"]
        assert alert["annotations"].keys() == {"summary", "action"}, alert["alert"]
        assert len(alert["annotations"]["action"]) > 40, alert["alert"]


def test_the_commands_that_alerts_name_are_there() -> None:
    """What an alert tells somebody to run is on the page of commands."""
    commands = {
        codes(cells[0])[0] for _, cells in rows(section(page("docs/operations.md"), "Commands")) if codes(cells[0])
    }
    for alert in alerts():
        for named in re.findall(r"`mailgateway ([a-z ]+)", alert["annotations"]["action"]):
            words = named.split()
            assert words[0] in commands or " ".join(words[:2]) in commands, named


def test_the_page_lists_every_metric_with_its_labels() -> None:
    """And none that there is not; of a histogram, the name that its series have in common."""
    listed = {
        codes(cells[0])[0]: set(codes(cells[1]))
        for _, cells in rows(section(page("docs/operations.md"), "Monitoring"))
        if codes(cells[0]) and codes(cells[0])[0].startswith("mailgateway_")
    }
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in known() if name.startswith("mailgateway_")}
    assert set(listed) == ours
    for name, labels in listed.items():
        assert labels == known().get(name, known().get(f"{name}_count")), name


@pytest.fixture
def promtool() -> str:
    """Give Prometheus' own checker."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("left out because promtool is not installed (prometheus)")
    return found


def test_prometheus_takes_the_alerts_as_they_are(promtool: str) -> None:
    """Nothing in them is unknown to it, and their texts are templates that it can fill in."""
    _checked([promtool, "check", "rules", "--lint-fatal", str(ROOT / "docs/monitoring/alerts.yaml")])


def test_prometheus_understands_every_question_of_the_dashboard(promtool: str, tmp_path: Path) -> None:
    """Each of them is made a rule of its own, with what Grafana would put in."""
    rules = []
    for number, question in enumerate(questions()):
        asked = re.sub(r"\$__\w+", "5m", question)
        if not asked.startswith("label_values("):
            rules.append({"record": f"asked:{number}", "expr": re.sub(r"\$\{?\w+(:\w+)?\}?", "x", asked)})
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    _checked([promtool, "check", "rules", str(tmp_path / "rules.yaml")])


def test_an_alert_comes_when_it_should_and_not_before(promtool: str) -> None:
    """A mailbox that falls silent, a letter that waits, a database that is away: Prometheus itself plays it through."""
    _checked([promtool, "test", "rules", str(ROOT / "tests/data/alerts.test.yaml")])


def test_what_is_given_out_is_as_prometheus_wants_it(promtool: str) -> None:
    """Names, units and help texts follow its conventions."""
    _checked([promtool, "check", "metrics"], _exposed().encode())


def _checked(command: list[str], given: bytes = b"") -> None:
    ran = subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, (ran.stdout + ran.stderr).decode()
