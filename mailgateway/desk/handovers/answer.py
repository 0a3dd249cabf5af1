"""How an agent answers when a ticket is offered to their group, as words say it."""

from enum import StrEnum

from mailgateway.desk.agents.misread import MisreadError


class OfferAnswer(StrEnum):
    """What becomes of a ticket that is offered: the agent takes it, their group does, or it goes back."""

    ACCEPT = "accept"
    ACCEPT_FOR_GROUP = "accept group"
    DECLINE = "decline"


def read_answer(word: str, value: str, said: OfferAnswer | None) -> OfferAnswer:
    """Return what `#accept` or `#decline` says; `said` is what a line before did. Raises MisreadError with the mend."""
    written = f"{word} {value.casefold().strip('.! ')}".strip()
    if written not in set(OfferAnswer):
        raise MisreadError("#accept stands alone in its line, or says #accept group; write your text below it")
    answer = OfferAnswer(written)
    if said not in (None, answer):
        raise MisreadError("#accept and #decline: write one of the two")
    return answer
