"""What an agent's mail program puts under an answer without any delimiter: it is left out, with all that is private."""

import re
from collections.abc import Sequence

from mailgateway.desk.model import Agent

_MOST_LINES = 14
_LONGEST_LINE = 200
_LONGEST_WORDS = 90

_CLOSING = re.compile(
    r"(?:(?:with )?(?:my |our )?(?:kind(?:est)?|best|warm(?:est)?|many) (?:regards|wishes)|regards|all the best|best|"
    r"cheers|(?:yours|very) (?:sincerely|faithfully|truly)(?: yours)?|sincerely(?: yours)?|"
    r"(?:serdecznie )?pozdrawiam(?:y)?(?: serdecznie)?|(?:serdeczne )?pozdrowienia|"
    r"łączę (?:pozdrowienia|wyrazy szacunku)|"
    r"z (?:poważaniem|pozdrowieniami|wyrazami szacunku|szacunkiem)|"
    r"(?:mit )?(?:freundlich|best|herzlich|lieb|viel|schön)(?:en|em|e|er)? (?:grüßen?|grüssen?|gruß|gruss)"
    r"(?: aus [\w .-]{2,30})?|hochachtungsvoll|mfg|lg|vg|bien à vous|(?:bien )?cordialement|"
    r"(?:meilleures )?salutations|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|(?:cordiali|distinti) saluti|"
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groeten|atenciosamente|cumprimentos|s pozdravem)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:many )?thanks(?: (?:a lot|in advance))?|thank you(?: (?:very much|in advance))?|"
    r"(?:vielen |besten )?dank(?: im voraus)?|"
    r"danke(?: schön)?|(?:bardzo |z góry )?dziękuj[ęe](?:my)?|merci|gracias|grazie",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"\W{0,3}p\.? ?s\b", re.IGNORECASE)
_DIGITS = r"\+?\(?\d[\d\s()./\xa0-]{5,24}\d"
_CONTACT = re.compile(
    rf"[\w.%+-]{{1,64}}@[\w-]{{1,63}}\.\w|(?:^|[^\w/])(?:https?://|www\.)\S|\+\d[\d\s()./\xa0-]{{6,24}}\d|"
    rf"^\W{{0,3}}{_DIGITS}\W{{0,3}}$|"
    r"(?:\b(?:tel|phone|mobile|mob|cell|fax|telefon|telefax|handy|mobil|kom|komórka|durchwahl|ext|wew|direct|office|biuro|t|m|p|f)"
    rf"|[☎📞📱])\W{{1,4}}{_DIGITS}|"
    r"\b(?:GmbH|mbH|e\.K\.|Ltd|LLC|Inc|PLC|B\.V\.|S\.A\.|Sp\. ?z ?o\. ?o|KRS|NIP|REGON|HRB|HRA|"
    r"Amtsgericht|USt-?Id\w*|VAT|Geschäftsführer\w*)(?!\w)",
    re.IGNORECASE,
)
_NO_LETTERS = " \t\xa0*_,.;:!–—-|/"
_AFTER_NAME = re.compile(r"\s*[,|/·•–—(-]|\s{2,}")


def without_sign_off(text: str, agent: Agent, logos: Sequence[str] = ()) -> str:
    """Return an agent's text without the block of name, company, telephone and address at its end.

    It begins at a closing formula or at the agent's name, and is one only where something in it says how to reach
    somebody, or is one of the `logos` (what stands in the text for small pictures). Formula and name stay. A text that
    is nothing else is "".
    """
    lines = text.split("\n")
    start = next((place for place in _last(lines) if _is_block(lines, place, agent, logos)), None)
    if start is not None:
        lines = [*lines[:start], *_kept(lines[start:], agent)]
    return "" if all(_says_nothing(line, agent) for line in lines) else "\n".join(lines).rstrip()


def _last(lines: list[str]) -> list[int]:
    """Return the places of the last lines with words, in their order."""
    return [place for place, line in enumerate(lines) if line.strip()][-_MOST_LINES - 2 :]


def _is_block(lines: list[str], start: int, agent: Agent, logos: Sequence[str]) -> bool:
    closes, rest = _closes(lines[start], agent), _behind_name(lines[start], agent)
    if not closes and rest is None:
        return False
    above = next((line for line in reversed(lines[:start]) if line.strip()), "")
    if not closes and above.rstrip().endswith(":"):
        return False  # somebody is told whom to call
    block = [line for line in (rest or "", *lines[start + 1 :]) if line.strip()]
    if len(block) > _MOST_LINES or any(_is_prose(line) for line in block):
        return False
    return any(_CONTACT.search(line) or line.strip() in logos for line in block)


def _is_prose(line: str) -> bool:
    """Tell whether a line is meant for its reader: too much is said, or asked."""
    is_long = len(line) > _LONGEST_WORDS and not _CONTACT.search(line)
    return is_long or len(line) > _LONGEST_LINE or line.rstrip().endswith("?") or bool(_POSTSCRIPT.match(line))


def _kept(block: list[str], agent: Agent) -> list[str]:
    """Return what stays of a block: the closing formula, and the name where it stands by itself below that."""
    if not _closes(block[0], agent):
        return [_name_in(block[0], agent)]
    following = next((place for place, line in enumerate(block[1:], 1) if line.strip()), 0)
    if not following or _behind_name(block[following], agent) is None:
        return block[:1]
    return [*block[:following], _name_in(block[following], agent)]


def _closes(line: str, agent: Agent) -> bool:
    """Tell whether a line is a closing formula, with or without the agent's name."""
    words = line.strip(_NO_LETTERS)[:_LONGEST_WORDS]
    for name in _names(agent):
        if words.casefold().endswith(name) and len(words) > len(name):
            words = words[: -len(name)].strip(_NO_LETTERS)
            break
    return bool(_CLOSING.fullmatch(words) or _THANKS.fullmatch(words))


def _says_nothing(line: str, agent: Agent) -> bool:
    words = line.strip(_NO_LETTERS)
    if not words or words.casefold() in _names(agent):
        return True
    return _closes(line, agent) and not _THANKS.match(words)


def _names(agent: Agent) -> tuple[str, ...]:
    """Return how the agent signs, casefolded, the longest first."""
    full = " ".join(agent.display.split()).casefold()
    first, _, last = full.rpartition(" ")
    ways = (full, f"{full[:1]}. {last}", full.partition(" ")[0], last) if first else (full,)
    return tuple(dict.fromkeys(name for name in ways if len(name) > 1))


def _behind_name(line: str, agent: Agent) -> str | None:
    """Return what stands behind the name that a line begins with, None where it begins with something else."""
    name = _name_in(line, agent)
    return line.strip().lstrip(_NO_LETTERS)[len(name) :] if name else None


def _name_in(line: str, agent: Agent) -> str:
    """Return the agent's name as it is written at the beginning of a line that goes on with nothing or a mark."""
    words = line.strip().lstrip(_NO_LETTERS)
    for name in _names(agent):
        if words.casefold().startswith(name):
            rest = words[len(name) :]
            if not rest.strip(_NO_LETTERS) or _AFTER_NAME.match(rest):
                return words[: len(name)]
    return ""
