"""Which tickets are likely to be about one matter: the same configuration item, or subjects with the same words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailgateway.desk.answers.words import beginning, words_of
from mailgateway.mail.written.subjects import normalised

_ENOUGH_SHARED = 2
_MOST_WORDS = 30


@dataclass(frozen=True, slots=True)
class Matter:
    """A ticket as it is compared with others: `who` is its requester by name or address. `ci` may be None."""

    number: int
    subject: str
    who: str
    group: str
    ci: str | None = None


def alike(one: Matter, others: Iterable[Matter]) -> tuple[Matter, ...]:
    """Return those of the others that are likely to be about the same matter, in their order."""
    return tuple(other for other in others if _are_alike(one, other))


def _are_alike(one: Matter, other: Matter) -> bool:
    """Tell whether two are about the same thing, or their subjects have at least half of the longer one's words."""
    if one.ci and one.ci == other.ci:
        return True
    mine, theirs = telling_words(one.subject), telling_words(other.subject)
    shared = len(mine & theirs)
    return bool(mine) and (mine == theirs or (shared >= _ENOUGH_SHARED and 2 * shared >= max(len(mine), len(theirs))))


@lru_cache(maxsize=4096)
def telling_words(subject: str) -> frozenset[str]:
    """Return what the words of a subject have in common with their other forms; words that tell nothing are left out.

    Answers' prefixes, ticket numbers and the warnings of relays count for nothing.
    """
    return frozenset(beginning(word) for word in words_of(normalised(subject))[:_MOST_WORDS])
