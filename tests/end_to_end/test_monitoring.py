"""Figures and health over HTTP: a daemon as a process, asked before and after mail went through it."""

import json
import threading
import time
from collections.abc import Callable

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, message
from tests.servers.process import free_port

Key = tuple[str, tuple[tuple[str, str], ...]]


def key(name: str, **labels: str) -> Key:
    """Return what a series is found by."""
    return f"mailgateway_{name}", tuple(sorted(labels.items()))


def scrape(port: int) -> dict[Key, float]:
    """Return every series with its value."""
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def scrape_until(port: int, holds: Callable[[dict[Key, float]], bool]) -> dict[Key, float]:
    """Scrape until it shows what was awaited: what it says of the database is a few seconds old."""
    end, pause = time.monotonic() + 30, threading.Event()
    while not holds(found := scrape(port)):
        assert time.monotonic() < end, found
        pause.wait(0.2)
    return found


def asked(port: int, path: str) -> tuple[int, dict[str, object]]:
    """Return the status and the object of an answer."""
    answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=20)
    found: dict[str, object] = json.loads(answer.text)
    return answer.status_code, found


def with_metrics(office: Office) -> int:
    """Switch the figures on; return their port."""
    port = free_port()
    with office.configuration.open("a") as file:
        file.write(f"metrics: {{listen: '127.0.0.1:{port}'}}\n")
    return port


def test_figures_tell_what_went_through(office: Office) -> None:
    """A mail is filed by a rule and answered; another is none: counted, timed, and nothing of theirs is told."""
    port = with_metrics(office)
    with Daemon(office.configuration) as daemon:
        daemon.wait_for("metrics.listening")
        before = scrape(port)
        assert before[key("mails_total", outcome="opened")] == 0
        assert before[key("database_up")] == 1
        office.write(message("carla@customer.example", "The printer is broken", "Help."))
        office.write(b"\xff" * 99)
        daemon.wait_for("deliver.sent", 2)
        daemon.wait_for("ingest.quarantined")
        after = scrape_until(port, lambda found: found.get(key("quarantine_mails", mailbox="support")) == 1)
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text
        assert daemon.end() == 0
    assert after[key("mails_total", outcome="opened")] == 1
    assert after[key("mails_total", outcome="quarantined")] == 1
    assert after[key("fetched_mails_total", mailbox="support")] == 2
    assert after[key("rule_hits_total", rule="printers")] == 1
    assert after[key("deliveries_total", part="send", state="sent")] >= 2
    assert after[key("log_events_total", part="ingest", level="warning")] == 1
    for stage in ("fetch", "ingest", "send"):
        assert after[key("stage_duration_seconds_count", stage=stage)] >= 1, stage
    assert after[key("outbox_letters", state="queued")] == 0
    assert after[key("mailbox_up", mailbox="support")] == 1
    assert after[key("mailbox_fetch_lag_seconds", mailbox="support")] < 60
    assert after[key("mailbox_last_fetch_age_seconds", mailbox="support")] < 60
    assert "mailgateway_build_info" in text
    assert "process_resident_memory_bytes" in text
    assert "carla" not in text
    assert "broken" not in text


def test_what_is_counted_is_there_before_the_first(small_office: Office) -> None:
    """For each mailbox, server, rule and part of the log: an alert sees an increase, not a series that begins."""
    port = with_metrics(small_office)
    with Daemon(small_office.configuration) as daemon:
        daemon.wait_for("metrics.listening")
        found = scrape(port)
        assert daemon.end() == 0
    expected = [
        *(key("auth_failures_total", part=part) for part in ("fetch:support", "send", "api")),
        *(key("deliveries_total", part="send", state=state) for state in ("sent", "queued", "failed")),
        *(key("log_events_total", part=part, level="error") for part in ("ingest", "gateway", "worker", "library")),
        *(key("rule_hits_total", rule=rule) for rule in ("printers", "polish")),
        key("fetched_mails_total", mailbox="support"),
    ]
    assert {one: found.get(one) for one in expected} == dict.fromkeys(expected, 0)


def test_ready_is_who_works(small_office: Office) -> None:
    """Alive and ready from the start; a configuration that is refused is told, and takes no host away."""
    port = with_metrics(small_office)
    with Daemon(small_office.configuration) as daemon:
        daemon.wait_for("metrics.listening")
        assert asked(port, "/healthz") == (200, {"ok": True, "problems": [], "warnings": []})
        daemon.wait_for("mailbox.connected")
        scrape_until(port, lambda found: key("mailbox_up", mailbox="support") in found)
        status, found = asked(port, "/readyz")
        assert (status, found["ok"]) == (200, True)
        assert found["mailboxes"]["support"]["state"] == "reading"  # type: ignore[index]
        routing = small_office.configuration.parent / "routing.yaml"
        routing.write_text("rules: [{nmae: broken}]\n")
        daemon.wait_for("gateway.reload_refused", timeout=60)
        status, found = asked(port, "/readyz")
        assert (status, found["problems"]) == (200, [])
        assert "the configuration is refused" in str(found["warnings"])
        assert asked(port, "/healthz")[0] == 200
        assert asked(port, "/tickets")[0] == 404
        assert daemon.end() == 0


def test_a_mailbox_that_was_never_read_is_told(small_office: Office) -> None:
    """A refused log-in leaves the daemon ready for other mailboxes; it is told and counted, and no secret with it."""
    port = with_metrics(small_office)
    small_office.reconfigure("{env: OFFICE_PASSWORD}", "{env: PATH}")
    with Daemon(small_office.configuration) as daemon:
        daemon.wait_for("metrics.listening")
        daemon.wait_for("worker.unavailable")
        found = scrape_until(port, lambda one: one.get(key("mailbox_up", mailbox="support")) == 0)
        assert found[key("auth_failures_total", part="fetch:support")] == 1
        status, told = asked(port, "/readyz")
        assert (status, told["problems"]) == (200, [])
        assert told["warnings"] == ["mailbox support is not read: `mailgateway status` tells why"]
        assert asked(port, "/healthz")[0] == 200
        assert daemon.end() == 0
