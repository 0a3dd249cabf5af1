"""What a text must hold for an expression to be found in it: the key under which the expression is looked up.

Reads the tokens of an expression (see words.py) without running it. Where anything is unclear it knows nothing, which
costs time and never a match.
"""

from collections.abc import Sequence

from mailgateway.rules.words import MARK

Token = tuple[str, str]
Literals = tuple[str, ...]
"""Folded texts of which one stands in every text with a match; none where that is not known."""

_MOST = 64
_UNCLEAR = frozenset({"\ufffd", MARK})


def required(tokens: Sequence[Token]) -> Literals:
    """Return what every text that the expression is found in holds, the most telling of what is known."""
    found, place = _alternatives(tokens, 0)
    return found if place == len(tokens) else ()


def strength(literals: Literals) -> int:
    """Tell how telling literals are: how long the shortest is; a letter outside ASCII tells more than one inside."""
    return min((len(text.encode("utf-8", "replace")) for text in literals), default=0)


def _alternatives(tokens: Sequence[Token], place: int) -> tuple[Literals, int]:
    """Read branches up to a closing bracket or the end: all must have literals, as any may be the one that matches."""
    branches: list[Literals] = []
    while True:
        found, place = _branch(tokens, place)
        branches.append(found)
        if place < len(tokens) and tokens[place][1] == "|" and tokens[place][0] == "syntax":
            place += 1
            continue
        united = tuple(dict.fromkeys(text for branch in branches for text in branch))
        is_known = all(branches) and len(united) <= _MOST
        return (united if is_known else ()), place


def _branch(tokens: Sequence[Token], place: int) -> tuple[Literals, int]:
    best: Literals = ()
    run = ""
    while place < len(tokens):
        kind, token = tokens[place]
        if kind == "syntax" and token in ("|", ")"):
            break
        inner: Literals = ()
        if kind == "syntax" and _opens(token):
            inner, place = _alternatives(tokens, place + 1)  # place is now that of the closing bracket
        text = _text(kind, token)
        place += 1
        least = _least(tokens, place)
        if least is not None:
            place += 1
        run_goes_on = text and least is None
        if text and least != 0:
            run += text
        if not run_goes_on and kind not in ("edge", "start", "end"):
            best, run = _better(best, (run,) if run else ()), ""
            best = best if least == 0 else _better(best, inner)
    return _better(best, (run,) if run else ()), place


def _better(one: Literals, other: Literals) -> Literals:
    return other if strength(other) > strength(one) else one


def _opens(token: str) -> bool:
    """Tell a group from flags that only hold from here on, such as (?i)."""
    return token == "(" or (token.startswith("(?") and not token.endswith(")"))


def _least(tokens: Sequence[Token], place: int) -> int | None:
    """Return how often the token before is there at least, None where it is not repeated."""
    if place >= len(tokens) or tokens[place][0] != "syntax":
        return None
    token = tokens[place][1]
    if token[0] in "*?":
        return 0
    if token[0] == "+":
        return 1
    if token[0] == "{":
        return int(token[1:].partition("}")[0].partition(",")[0])
    return None


def _text(kind: str, token: str) -> str:
    """Return the folded text that a token stands for, "" where it stands for several or for a place."""
    if kind == "quoted":
        text = token[2:].removesuffix("\\E")
    elif kind == "atom" and len(token) == 1:
        text = token
    elif kind == "atom" and len(token) == 2 and token[0] == "\\" and not (token[1].isascii() and token[1].isalnum()):
        text = token[1]
    else:
        return ""
    return "" if _UNCLEAR.intersection(text) or not text.isprintable() else text.casefold()
