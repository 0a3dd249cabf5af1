"""What became of a call of a webhook."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """The webhook has it: an answer from 200 to 299."""

    answer: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The webhook says that it is not there any more, and never will be (410)."""

    answer: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not this time. `uncertain` where it may have arrived; `silent` where nobody was there to answer."""

    answer: str
    uncertain: bool = False
    silent: bool = False


Outcome = Taken | Gone | Later
