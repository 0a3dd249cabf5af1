"""Two daemons over one PostgreSQL share mailboxes, take over from one that dies or freezes, and do nothing twice."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from mailgateway import clock
from mailgateway.flows.health.state import State, read_state
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, message
from tests.servers.postgres import Postgres

SALES = "sales@example.com"


@pytest.fixture
def database(postgres: Postgres, postgres_template: str) -> str:
    """Give a database that hosts can share."""
    return postgres.create_database(like=postgres_template)


@pytest.fixture
def two_mailboxes(office: Office) -> Office:
    """Give a desk with a second mailbox."""
    good = office.configuration.read_text()
    begin, end = good.index("  - name: support"), good.index("smtp:")
    sales = good[begin:end].replace("name: support", "name: sales").replace("support@", "sales@")
    sales = sales.replace("[help@example.com]", "[]").replace(office.user, f"{office.user}sales")
    office.configuration.write_text(good[:end] + sales + good[end:])
    office.reopen()
    return office


def state(office: Office) -> State:
    """Look at how the gateway is."""
    with office.gateway.store.reading() as tx:
        return read_state(tx, office.gateway.policy, clock.now(), has_api=False)


def wait_for(office: Office, is_so: Callable[[State], bool], seconds: float = 30) -> State:
    """Wait until the gateway is so."""
    end = time.monotonic() + seconds
    while not is_so(found := state(office)):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def pid_of(office: Office, mailbox: str) -> int:
    """Return the process that reads a mailbox, 0 where none does."""
    return int(state(office).reader(mailbox).rpartition("/")[2] or 0)


def write_to_both(office: Office, number: int) -> None:
    """Put a mail into each mailbox."""
    office.write(message(f"c{number}@customer.example", f"Matter {number}", "Please help."))
    mail = message(f"d{number}@customer.example", f"Offer {number}", "Please sell.", to=SALES)
    office.dovecot.deliver(f"{office.user}sales", bytes(mail))


def assert_each_once(office: Office, count: int) -> None:
    """Hold that every mail is one ticket, and every receipt arrived once."""
    office.sink.wait_for(2 * count)
    assert len(office.numbers()) == count
    receipts = Counter(one.rcpt_tos for one in office.sink.received if "customer" in one.rcpt_tos[0])
    assert len(receipts) == count
    assert set(receipts.values()) == {1}


def test_two_hosts_share_and_one_takes_over_when_the_other_dies(two_mailboxes: Office) -> None:
    """Each reads one mailbox; when one is killed the other reads both within seconds."""
    office = two_mailboxes
    with ExitStack() as stack:
        daemons = [stack.enter_context(Daemon(office.configuration)) for _ in range(2)]
        wait_for(office, lambda now: [len(host.mailboxes) for host in now.hosts] == [1, 1])
        write_to_both(office, 1)
        office.sink.wait_for(4)
        killed = pid_of(office, "sales")
        next(one for one in daemons if one.process.pid == killed).process.kill()
        write_to_both(office, 2)
        (left,) = wait_for(office, lambda now: [len(host.mailboxes) for host in now.hosts] == [2], 10).hosts
        assert left.name.rpartition("/")[2] != str(killed)
        assert_each_once(office, 4)


@pytest.mark.timeout(180)
def test_a_host_that_is_frozen_loses_its_mailboxes_and_wakes_up_harmless(two_mailboxes: Office) -> None:
    """The database cuts it off and the other reads on; when it wakes it waits for its turn, and nothing came twice."""
    office = two_mailboxes
    with ExitStack() as stack:
        started = [stack.enter_context(Daemon(office.configuration)) for _ in range(2)]
        daemons = {one.process.pid: one for one in started}
        wait_for(office, lambda now: [len(host.mailboxes) for host in now.hosts] == [1, 1])
        frozen = daemons[pid_of(office, "support")]
        write_to_both(office, 1)
        frozen.process.send_signal(signal.SIGSTOP)
        write_to_both(office, 2)
        wait_for(office, lambda now: [len(host.mailboxes) for host in now.hosts] == [2], 60)
        write_to_both(office, 3)
        frozen.process.send_signal(signal.SIGCONT)
        write_to_both(office, 4)
        wait_for(office, lambda now: [len(host.mailboxes) for host in now.hosts] == [1, 1])
        assert frozen.lines_of("worker.broken") == []
        assert_each_once(office, 8)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_host_whose_clock_is_wrong_does_as_the_others_do(office: Office, minutes: int) -> None:
    """What it claimed is left to it, what it dates is right, and each letter leaves once."""
    office.sink.hang("DOT", recipient="c1@customer.example", accept_mail=True)
    with ExitStack() as stack:
        wrong, skew = "tests.end_to_end.skewed_gateway", str(minutes)
        stack.enter_context(Daemon(office.configuration, wrong, SKEW_MINUTES=skew))
        office.write(message("c1@customer.example", "Matter 1", "Please help."))
        office.sink.wait_until_hanging()
        right = stack.enter_context(Daemon(office.configuration))
        office.write(message("c2@customer.example", "Matter 2", "Please help."))
        assert_each_once(office, 2)
        assert right.lines_of("deliver.released") == []
    (number, *_) = office.numbers()
    opened_at = office.ticket(number).ticket.created_at
    assert abs(opened_at - clock.now()) < timedelta(minutes=1)
