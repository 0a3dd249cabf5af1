"""`outbox`: letters looked at, sent again, given up."""

from datetime import timedelta

import pytest

from mailgateway import clock
from mailgateway.app import open_gateway
from mailgateway.desk.letters.delivery import Delivery, DeliveryState, failed
from mailgateway.store.outgoing import outbox
from tests.cli.shell import Shell, names

KEYS = names("id ticket template to state attempts next_attempt_at last_error message_id")


@pytest.fixture
def letter(shell: Shell) -> int:
    """Give the id of a receipt that the server refused."""
    shell.run("ingest", str(shell.mail("one.eml")))
    gateway = open_gateway(shell.configuration)
    with gateway.store.writing() as tx:
        claimed = outbox.claim_due(tx, clock.now(), "host/1/1", 1)
        outbox.record(tx, {claimed[0].id: failed("550 no such user \x1b[2J", clock.now())})
    gateway.close()
    return claimed[0].id


def test_what_is_not_sent_is_listed_newest_first(shell: Shell, letter: int) -> None:
    """`list --json` gives one object a line with the contract's keys."""
    every = shell.run("outbox", "list", "--json").objects
    assert all(list(one) == KEYS for one in every)
    assert [one["id"] for one in every] == sorted((one["id"] for one in every), reverse=True)
    refused = every[-1]
    assert (refused["id"], refused["state"], refused["attempts"]) == (letter, "failed", 1)
    assert (refused["template"], refused["to"]) == ("acknowledgement", "carla@customer.example")
    assert refused["last_error"] == "550 no such user \x1b[2J"
    assert (every[0]["state"], every[0]["last_error"]) == ("queued", None)
    assert len(shell.run("outbox", "list", "--json", "--limit", "1").objects) == 1


def test_the_table_fits_and_obeys_no_server(shell: Shell, letter: int) -> None:
    """For the eyes there is a table of 80 columns in which a server's answer is only text."""
    ran = shell.run("outbox", "list")
    assert (ran.code, str(letter) in ran.out, "\x1b" in ran.out) == (0, True, False)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_letter_is_sent_again_or_given_up(shell: Shell, letter: int) -> None:
    """`retry` queues a failed letter anew, `cancel` gives it up; what is cancelled is shown with --all alone."""
    assert shell.run("outbox", "retry", str(letter)).code == 0
    queued = shell.run("outbox", "list", "--json").objects[-1]
    assert (queued["id"], queued["state"], queued["attempts"]) == (letter, "queued", 0)
    assert shell.run("outbox", "cancel", str(letter)).code == 0
    assert letter not in [one["id"] for one in shell.run("outbox", "list", "--json").objects]
    assert (letter, "cancelled") in [
        (one["id"], one["state"]) for one in shell.run("outbox", "list", "--all", "--json").objects
    ]


@pytest.mark.parametrize("command", ["retry", "cancel"])
def test_what_cannot_be_done_leaves_with_1(shell: Shell, letter: int, command: str) -> None:
    """Where not every letter is as it would have to be, the others are done and the exit code is 1."""
    ran = shell.run("outbox", command, str(letter), "999")
    assert ran.code == 1
    assert ran.out.startswith("1 of 2 ")
    assert "1 left as they are" in ran.err


def test_ids_are_numbers(shell: Shell) -> None:
    """A word that is no number is wrong usage."""
    assert shell.run("outbox", "retry", "one").code == 2
    assert shell.run("outbox", "cancel").code == 2


def test_nothing_waits(shell: Shell) -> None:
    """An empty outbox is a line for people and nothing for programs."""
    shell.run("db", "upgrade")
    assert shell.run("outbox", "list").out == "Nothing waits to be sent.\n"
    assert shell.run("outbox", "list", "--json").out == ""


def test_everything_that_waits_is_sent_now(shell: Shell, letter: int) -> None:
    """`retry --all` takes what waits for its time, and leaves alone what failed for good."""
    gateway = open_gateway(shell.configuration)
    with gateway.store.writing() as tx:
        (other,) = outbox.claim_due(tx, clock.now(), "host/1/1", 1)
        later = Delivery(
            DeliveryState.QUEUED, clock.now() + timedelta(hours=1), "451 later", uncertain=False, at=clock.now()
        )
        outbox.record(tx, {other.id: later})
    gateway.close()
    ran = shell.run("outbox", "retry", "--all")
    assert (ran.code, ran.out) == (0, "1 queued to be sent now.\n")
    states = {one["id"]: (one["state"], one["attempts"]) for one in shell.run("outbox", "list", "--json").objects}
    assert (states[other.id], states[letter]) == (("queued", 0), ("failed", 1))


@pytest.mark.parametrize("arguments", [(), ("1", "--all")])
def test_retry_wants_to_know_which(shell: Shell, arguments: tuple[str, ...]) -> None:
    """Neither nothing nor both."""
    ran = shell.run("outbox", "retry", *arguments)
    assert (ran.code, "--all" in ran.err) == (2, True)
