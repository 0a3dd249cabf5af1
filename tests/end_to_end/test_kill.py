"""Promises 1 to 3: whatever moment the power fails at, no mail is lost, none is filed twice, every letter leaves."""

import os
import random
import select
import signal
import subprocess
import sys
from collections import Counter

import pytest

from mailgateway.flows.reconcile import reconcile
from mailgateway.imap.session import Session
from tests.end_to_end.crashing_gateway import POINTS
from tests.end_to_end.office import Office, message
from tests.servers.dovecot import PASSWORD

DEATHS = int(os.environ.get("MAILGATEWAY_TEST_DEATHS", "200"))
"""How often the daemon is killed, over both databases."""
PACE = 0.1
"""Seconds between the first mails while the daemon runs; the pauses grow, so that a slow machine is not buried."""
PATIENCE = 10
"""After so many mails the pause is twice the first, after twice as many three times, and so on."""
MOST_WRITTEN = 100
"""A daemon that lives through so many mails, a minute's worth, never comes to its point."""
LONGEST_GOODBYE = 20.0


@pytest.mark.timeout(420)
def test_killed_at_every_point_while_mail_arrives(office: Office) -> None:
    """Killed again and again at every point, the gateway ends with one article a mail and every receipt sent."""
    chance = random.Random(20261123)
    written: list[str] = []
    crasher = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.crashing_gateway", str(office.configuration)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OFFICE_PASSWORD": PASSWORD},
    )
    assert crasher.stdin is not None
    assert crasher.stdout is not None
    deaths: Counter[str] = Counter()
    try:
        while deaths.total() < DEATHS // 2:
            point = chance.choice(sorted(POINTS))
            written += [_write(office, len(written) + number) for number in range(chance.randint(1, 4))]
            crasher.stdin.write(f"{point} {chance.randint(1, 3)}\n")
            crasher.stdin.flush()
            child = int(crasher.stdout.readline())
            written += _keep_writing(office, child, len(written))
            ended = int(crasher.stdout.readline())
            assert ended in (-signal.SIGKILL, 0)
            deaths[point] += ended == -signal.SIGKILL
    finally:
        crasher.stdin.close()
        crasher.wait(LONGEST_GOODBYE)
        crasher.stdout.close()
    office.round()
    _assert_all_is_well(office, written)
    assert set(deaths) == set(POINTS)


def _write(office: Office, number: int) -> str:
    mail = message(f"c{number}@customer.example", f"Matter {number}", f"Text {number}.")
    office.write(mail)
    return str(mail["Message-ID"]).strip("<>")


def _keep_writing(office: Office, child: int, number: int) -> list[str]:
    """Write on while the daemon lives, so that every point is passed again until the fuse burns down."""
    written: list[str] = []
    try:
        death = os.pidfd_open(child)
    except ProcessLookupError:
        return written
    try:
        while not select.select([death], [], [], PACE * (1 + len(written) / PATIENCE))[0]:
            written.append(_write(office, number + len(written)))
            assert len(written) < MOST_WRITTEN, "the daemon never came to the point"
    finally:
        os.close(death)
    return written


def _assert_all_is_well(office: Office, written: list[str]) -> None:
    numbers = office.numbers()
    articles = Counter(article.article.message_id for number in numbers for article in office.ticket(number).articles)
    assert articles == Counter(written)
    assert len(numbers) == len(written)

    receipts: dict[str, set[bytes]] = {}
    for received in office.sink.received:
        for recipient in received.rcpt_tos:
            if recipient.endswith("@customer.example"):
                receipts.setdefault(recipient, set()).add(received.content)
    assert receipts.keys() == {f"c{number}@customer.example" for number in range(len(written))}
    assert all(len(copies) == 1 for copies in receipts.values()), "a letter sent again differs from the first"

    (post,) = office.gateway.posts()
    with Session.open(post.server, post.folder) as session:
        lines = list(reconcile(session, post.source.mailbox, office.gateway.store))
    assert len(lines) == len(written)
    assert all(line.has_outcome and line.settled and not line.on_server for line in lines)
