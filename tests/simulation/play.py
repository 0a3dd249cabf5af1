"""The whole play: rounds of writing and reading from a seed, and the judgement."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.end_to_end.office import Office
from tests.simulation import agents, checks, customers, machines
from tests.simulation.people import Agent, cast
from tests.simulation.stage import Held, Stage
from tests.simulation.truth import OPENS, Sort, Written
from tests.simulation.world import Arrived, Outcome, World

_A_ROUND = 20
_NUMBER = re.compile(r"#(\d+)")
_ACTS: tuple[tuple[int, Callable[[Stage], bool]], ...] = (
    (16, customers.opens),
    (34, customers.answers),
    (4, customers.a_colleague_answers),
    (4, customers.colleagues_talk),
    (3, customers.forwards),
    (2, customers.sends_again),
    (2, customers.a_stranger_lies),
    (1, customers.sends_too_much),
    (1, machines.other_desk_plays),
    (26, agents.answers),
    (8, agents.notes),
    (6, agents.commands),
    (3, agents.mistypes),
    (2, agents.merges),
    (2, agents.passes_on),
    (1, agents.asks_as_customer),
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How it went: how many mails of each sort, letters sent, and everything that is wrong."""

    sorts: dict[Sort, int]
    letters: int
    rounds: int
    wrong: tuple[str, ...]


def play(office: Office, mails: int, seed: int) -> Ending:
    """Let everybody write until there were `mails` of them, and judge."""
    chance = random.Random(seed)
    people = cast(chance)
    stage = Stage(World(office, people), people, chance)
    wrong: list[str] = []
    while len(stage.truth.mails) < mails:
        wrong += _round(stage, min(_A_ROUND, mails - len(stage.truth.mails)))
    stage.news = []
    wrong += _end_of_round(stage, len(stage.truth.mails))
    wrong += checks.everything(stage.world, people, stage.truth)
    sorts = Counter(one.sort for one in stage.truth.mails)
    return Ending(dict(sorts), len(stage.world.arrived), stage.round, tuple(wrong))


def _round(stage: Stage, most: int) -> Iterator[str]:
    first = len(stage.truth.mails)
    machines.respond(stage)
    stage.news = []
    acts = [act for _, act in _ACTS]
    weights = [weight for weight, _ in _ACTS]
    while len(stage.truth.mails) - first < most:
        (act,) = stage.chance.choices(acts, weights)
        act(stage)
    yield from _end_of_round(stage, first)


def _end_of_round(stage: Stage, first: int) -> Iterator[str]:
    """Let the gateway work; compare what it did with the truth, and put the letters into the inboxes."""
    outcomes, arrived = stage.world.round()
    written = stage.truth.mails[first:]
    if len(outcomes) != len(written):
        yield f"round {stage.round}: {len(written)} mails were written, {len(outcomes)} are in the ledger"
    for one, outcome in zip(written, _in_order(written, outcomes), strict=True):
        _take(one, outcome)
    for one in written:
        yield from (f"{fault}\n{one.story()}" for fault in checks.outcome(one, one.matter))
    for letter in arrived:
        _put(stage, letter)
    stage.round += 1


def _in_order(written: list[Written], outcomes: list[Outcome]) -> list[Outcome]:
    by_id: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_id.setdefault(outcome.message_id, []).append(outcome)
    missing = Outcome("", None, "is not in the ledger", None)
    return [by_id[one.message_id].pop(0) if by_id.get(one.message_id) else missing for one in written]


def _take(written: Written, outcome: Outcome) -> None:
    written.disposition, written.reason, written.ticket = outcome.disposition, outcome.reason, outcome.ticket
    if written.sort in OPENS and written.matter.number is None:
        written.matter.number = outcome.ticket


def _put(stage: Stage, arrived: Arrived) -> None:
    numbers = _NUMBER.findall(arrived.letter.mail.subject)
    matter = stage.truth.of_number(int(numbers[-1])) if numbers else None
    if matter is None:
        return
    held = Held(arrived, matter)
    who = stage.cast.by_address.get(arrived.letter.recipient)
    if arrived.audience == "agent" or not isinstance(who, Agent):
        stage.inbox[arrived.letter.recipient].append(held)
        stage.news.append(held)
