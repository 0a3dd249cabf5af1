"""Naming the word that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like `word` in any case, or None where none is near."""
    spelled = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), spelled, n=1, cutoff=0.6)
    return spelled[found[0]] if found else None


def instead(word: str, known: Iterable[str]) -> str:
    """Say what would be right instead of an unknown word: the nearest known one, or all of them."""
    names = list(known)
    near = nearest(word[:100], names)
    if near is not None:
        return f'did you mean "{near}"?'
    return f"known here: {', '.join(names)}" if names else "none is known here"
