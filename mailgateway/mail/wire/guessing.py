"""How often the charset of one mail is guessed: a guess is dear, and a mail can ask for thousands of them.

The budget is of the mail that is being read, whatever asks: fields, encoded words, names of files, texts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class _Budget:
    """How many guesses are left, and what the last one that found something found."""

    left: int
    last: str = ""


_BUDGET: ContextVar[_Budget | None] = ContextVar("guesses", default=None)


@contextmanager
def guesses(most: int) -> Iterator[None]:
    """Allow so many guesses within the block; what is asked beyond them is answered as the last one was."""
    token = _BUDGET.set(_Budget(most))
    try:
        yield
    finally:
        _BUDGET.reset(token)


def guessed(data: bytes, guess: Callable[[bytes], str]) -> str:
    """Return the codec that a guess finds, "" for none; outside of a mail as often as it is asked."""
    budget = _BUDGET.get()
    if budget is None:
        return guess(data)
    if budget.left == 0:
        return budget.last
    budget.left -= 1
    found = guess(data)
    budget.last = found or budget.last
    return found
