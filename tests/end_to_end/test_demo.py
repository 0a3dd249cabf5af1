"""The demonstration, as a visitor starts it."""

import gc
import imaplib
import smtplib
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailgateway.demo import post_office, story
from mailgateway.demo.daemon import LAG, SPEED, BelatedClock
from mailgateway.demo.post_office import PASSWORD, USER, PostOffice
from tests.servers.process import free_port


def test_the_story_is_told_to_its_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Real servers, a real daemon, and every act of it: the letters that it waits for come, and the report is left."""
    assert story.run(once=True, page=tmp_path / "report.html") == 0
    told = capsys.readouterr().out
    for act in ("It is a ticket", "She is acknowledged at once", "What Bob was sent", "Bob is told", "The status mail"):
        assert act in told
    assert "Perfect, thank you!" in told
    assert "quarantine" in told
    assert "First answer: 1m by policy quick, in calendar always" in told
    assert "is overdue" in told
    page = (tmp_path / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 2
    assert str(tmp_path / "report.html") in told.replace("\n", "")


def test_the_clock_of_the_demonstration_catches_up() -> None:
    """It lags behind until it is hurried, runs fast then, never backwards, and is right in the end."""
    at = [datetime(2026, 11, 2, 12, 0, tzinfo=UTC)]
    belated = BelatedClock(lambda: at[0])
    told = [belated()]
    assert told[0] == at[0] - LAG
    belated.hurry()
    for _ in range(60):
        at[0] += timedelta(seconds=1)
        belated.hurry()
        told.append(belated())
    assert told[1] - told[0] == timedelta(seconds=SPEED)
    assert told == sorted(told)
    assert told[-1] == at[0]


def test_its_servers_leave_no_connection_open() -> None:
    """Whoever still talks when they close is hung up on: what was left open would be found by whatever runs next."""
    with PostOffice(lambda _: False) as office:
        visitor = imaplib.IMAP4("127.0.0.1", office.imap_port)
        visitor.login(USER, PASSWORD)
        sender = smtplib.SMTP("127.0.0.1", office.smtp_port)
        sender.ehlo()
    visitor.shutdown()
    sender.close()
    gc.collect()


def test_a_port_that_somebody_took_meanwhile_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between choosing a port and listening there, anybody may be faster."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = iter((free_port(), taken))
        monkeypatch.setattr(post_office, "_free_port", lambda: next(ports, None) or free_port())
        with PostOffice(lambda _: False) as office:
            assert office.smtp_port != taken
            smtplib.SMTP("127.0.0.1", office.smtp_port, timeout=10).close()
