"""Who claimed something, and whether they still run."""

import os

from mailgateway.flows.sending import owners


def test_a_process_that_runs_is_alive_and_one_that_is_gone_is_not() -> None:
    """An id that was given to another process since does not pass for the old one."""
    place, pid, started = owners.own_name().split("/")
    assert int(pid) == os.getpid()
    assert owners.is_alive(owners.one_of(owners.own_name()))
    assert not owners.is_alive(f"{place}/{pid}/{int(started) - 1}")


def test_a_container_with_the_name_of_this_host_counts_processes_for_itself() -> None:
    """Its letters are not taken from it because nobody has that id here; nor are those of another host."""
    place, pid, started = owners.own_name().split("/")
    host = place.partition(":")[0]
    assert owners.is_alive(f"{host}:1/{pid}/{int(started) - 1}")
    assert owners.is_alive(f"elsewhere:1/{pid}/{int(started) - 1}")
