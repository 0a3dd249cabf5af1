"""Routing: what the rules cost a mail, with ten of them and with ten thousand, beside trying each of them in order."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.naive import evaluate_naively
from benchmarks.rulebook import compiled, questions, rules
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.schema import Question, Routing, Ruleset

SIZES = (10, 100, 1_000, 10_000)
_NAIVE_MAILS = 20
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds a mail, and the seconds that compiling took."""

    size: int
    evaluated: float
    naive: float
    compile: float


def run(count: int) -> None:
    """Measure each size over the same mails, and print ratios to the smallest."""
    asked = list(questions(count))
    costs = [cost(size, asked) for size in SIZES]
    print(f"rules: {count} mails")
    for one in costs:
        print(
            f"  {one.size:>6} rules   {one.evaluated:7.0f} µs/mail   {one.evaluated / costs[0].evaluated:5.2f} x ten"
            f"   naive {one.naive:9.0f} µs/mail   compiled in {one.compile:5.2f} s"
        )


def cost(size: int, asked: list[Question]) -> Cost:
    """Return what one size costs: the best of some rounds, as other work on the machine only ever adds."""
    written = rules(size)
    began = time.perf_counter()
    ruleset = compiled(written)
    spent = time.perf_counter() - began
    few = asked[:_NAIVE_MAILS]
    return Cost(size, _each(evaluate, ruleset, asked), _each(evaluate_naively, ruleset, few), spent)


def _each(answer: Callable[[Ruleset, Question], Routing], ruleset: Ruleset, asked: list[Question]) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        for question in asked:
            answer(ruleset, question)
        best = min(best, (time.perf_counter() - began) / len(asked))
    return best * 1e6
