"""`events`: what happens to tickets, as a stream that a program can take up again where it stopped."""

import json
import signal
import subprocess
import sys

import pytest

from tests.cli.shell import Shell, names

EVENT = names("id at ticket actor what detail")
SECRET = "The spare key lies under the mat."


@pytest.fixture
def number(shell: Shell) -> int:
    """Give the number of a ticket that Carla opened."""
    assert shell.run("ingest", str(shell.mail("one.eml"))).code == 0
    number: int = shell.run("tickets", "list", "--json").only["number"]
    return number


def test_each_event_is_an_object_of_its_own(shell: Shell, number: int) -> None:
    """The oldest first, with the keys of the contract; --limit takes the first ones, --ticket one ticket's."""
    shell.run("ingest", str(shell.mail("two.eml", "Another")))
    found = shell.run("events", "--json").objects
    assert all(list(one) == EVENT for one in found)
    assert [one["id"] for one in found] == sorted({one["id"] for one in found})
    assert {one["ticket"] for one in found} == {number, number + 1}
    assert shell.run("events", "--limit", "1", "--json").only == found[0]
    ours = shell.run("events", "--ticket", str(number), "--json").objects
    assert ours == [one for one in found if one["ticket"] == number]


def test_it_goes_on_where_it_was_left(shell: Shell, number: int) -> None:
    """--since takes the id of the last event that was seen, or a moment; an id of none gives nothing."""
    last = shell.run("events", "--json").objects[-1]["id"]
    assert shell.run("events", "--since", str(last), "--json").objects == []
    shell.run("tickets", "set", str(number), "--priority", "high")
    (new, *_) = shell.run("events", "--since", str(last), "--json").objects
    assert (new["what"], new["detail"]) == ("priority", {"before": "normal", "after": "high"})
    assert len(shell.run("events", "--since", "2020-01-01", "--json").objects) > 1
    assert shell.run("events", "--since", "2999-01-01T08:00:00+02:00", "--json").objects == []
    assert shell.run("events", "--since", "9" * 15).out == ""


@pytest.mark.parametrize("written", ["yesterday", "-1", "1" * 16, "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_beginning_is_refused(shell: Shell, written: str) -> None:
    """With both ways to write one."""
    ran = shell.run("events", f"--since={written}")
    assert ran.code == 2
    assert "the id of an event, or a date" in ran.err


def test_it_holds_no_words_of_people(shell: Shell, number: int) -> None:
    """Neither what a customer wrote nor an internal note."""
    shell.run("tickets", "note", str(number), SECRET)
    out = shell.run("events", "--json").out
    assert '"kind":"note"' in out.replace(" ", "")
    assert SECRET not in out
    assert "It is broken." not in out


def test_people_read_it_in_words(shell: Shell, number: int) -> None:
    """A line for each, without --json."""
    shell.run("tickets", "set", str(number), "--priority", "high")
    assert f"#{number}  " in shell.run("events", "--limit", "1").out
    assert ": priority normal → high\n" in shell.run("events").out


def test_a_follower_waits_for_more_until_it_is_ended(shell: Shell, number: int) -> None:
    """It gives what happens while it waits; Ctrl-C ends it in order."""
    words = ["-c", str(shell.configuration), "events", "--since", "0", "--follow", "--json"]
    with subprocess.Popen(
        [sys.executable, "-m", "mailgateway", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as follower:
        assert follower.stdout is not None
        assert follower.stderr is not None
        assert json.loads(follower.stdout.readline())["what"] == "opened"
        shell.run("tickets", "set", str(number), "--priority", "urgent")
        while (seen := json.loads(follower.stdout.readline()))["what"] != "priority":
            pass
        assert seen["detail"]["after"] == "urgent"
        follower.send_signal(signal.SIGINT)
        assert follower.wait(10) == 130
        assert "Traceback" not in follower.stderr.read()
