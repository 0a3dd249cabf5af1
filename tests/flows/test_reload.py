"""New rules while mail is on its way: refused where their tests fail, and never mixed with the old ones."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from mailgateway.errors import StoreUnusable
from mailgateway.flows import understand as flow
from mailgateway.mail.model import Mail, Reply
from mailgateway.mail.outgoing.tokens import reply_address
from mailgateway.mail.written.reply import split_reply
from mailgateway.store.keys import rotate
from tests.end_to_end.office import message
from tests.flows.bench import Bench

NEW = "rules:\n  - {name: all to hardware, when: always, then: {group: hardware}}\n"
TESTS = """
tests:
  - name: a printer is not for everybody
    mail: {from: jan@customer.example, subject: Other}
    expect: {group: first-line}
"""


def group_of(bench: Bench, number: int) -> str:
    """Return where a ticket went."""
    return bench.ticket(number).ticket.group


def test_rules_that_fail_their_tests_are_not_taken_up(bench: Bench, tmp_path: Path) -> None:
    """The last good ones stay in force, and the admin is told once, with file, line and what came instead."""
    before = bench.gateway.policy.ruleset.version
    (tmp_path / "routing.yaml").write_text(NEW)
    (tmp_path / "routing.tests.yaml").write_text(TESTS)
    bench.gateway.reload()
    bench.gateway.reload()
    assert bench.gateway.policy.ruleset.version == before
    [told] = [line for line in bench.letters() if line.template == "alarm"]
    assert told.to == bench.gateway.policy.admin
    bench.arrive(message("jan@customer.example", "Other", "help"))
    bench.ingest()
    assert group_of(bench, 10001) == "first-line"
    (tmp_path / "routing.tests.yaml").write_text(TESTS.replace("first-line", "hardware"))
    bench.gateway.reload()
    assert bench.gateway.policy.ruleset.version != before


def test_the_mail_in_hand_finishes_under_the_rules_it_began_with(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reload in the middle of a mail takes effect with the next one, and each ticket names the rules that decided."""
    before = bench.gateway.policy.ruleset.version
    (tmp_path / "routing.yaml").write_text(NEW)

    def reloaded(mail: Mail, pictures: Mapping[str, str] | None = None) -> Reply:
        bench.gateway.reload()
        return split_reply(mail, pictures)

    monkeypatch.setattr(flow, "split_reply", reloaded)
    bench.arrive(message("jan@customer.example", "One", "help"), message("ann@customer.example", "Two", "help"))
    bench.ingest()
    assert [group_of(bench, number) for number in (10001, 10002)] == ["first-line", "hardware"]
    after = bench.gateway.policy.ruleset.version
    assert [bench.ticket(number).trace["version"] for number in (10001, 10002)] == [before, after]
    assert before != after


def test_a_reload_while_the_database_is_away_is_made_up_for(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for in an outage is not forgotten: looks for changes ask for it again until it is done."""
    asked: list[int] = []
    monkeypatch.setattr("os.kill", lambda _, signal: asked.append(signal))
    before = bench.gateway.policy.ruleset.version
    (tmp_path / "routing.yaml").write_text(NEW)
    database, away = tmp_path / "bench.db", tmp_path / "away.db"
    bench.store.engine.dispose()
    database.rename(away)
    with pytest.raises(StoreUnusable):
        bench.gateway.reload()
    bench.store.engine.dispose()
    away.replace(database)
    for _ in range(2):
        bench.gateway._look_for_changes()
    assert asked
    bench.gateway.reload()
    assert bench.gateway.policy.ruleset.version != before
    asked.clear()
    for _ in range(2):
        bench.gateway._look_for_changes()
    assert asked == []


def test_a_new_key_is_taken_up_and_answers_to_letters_of_before_still_join(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look for changes asks for the reload; after two rotations the old reply address proves nothing."""
    asked: list[int] = []
    monkeypatch.setattr("os.kill", lambda _, signal: asked.append(signal))
    bench.arrive(message("jan@customer.example", "One", "help"))
    bench.ingest()
    old = reply_address("support@example.com", bench.gateway.policy.reply_keys[0], 10001, "jan@customer.example")
    outcomes = []
    for number in range(2):
        with bench.store.writing() as tx:
            rotate(tx, bytes([number]) * 32)
        bench.gateway._look_for_changes()
        bench.gateway.reload()
        bench.gateway._look_for_changes()
        bench.arrive(message("stranger@other.example", f"Answer {number}", "Thanks", to=old))
        bench.ingest()
        outcomes.append(len(bench.subjects()))
    assert len(asked) == 2
    assert outcomes == [1, 2]
