"""How texts are made comparable, and how a value from a mail is shown in a trace."""

import re
import unicodedata

SHOWN = 120
"""Characters of a value that a trace shows."""

# Normalising sorts runs of combining marks in quadratic time, so a hostile text is normalised in short pieces; a
# piece ends before an ASCII character where it can, which never belongs to what stands before it.
_PIECE = re.compile(r".{1,256}[^\x00-\x7f]{0,64}", re.DOTALL)
# Some single characters stand for whole phrases: a text made of them would grow to eighteen times its length.
_LONGEST_PIECE = 1024
_SURROGATE = re.compile("[\ud800-\udfff]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    """Return the text in NFKC: width, ligatures and composed letters as one writes them; case is kept."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", _SURROGATE.sub("\ufffd", piece[0]))[:_LONGEST_PIECE]
        for piece in _PIECE.finditer(text)
    )


def folded(text: str) -> str:
    """Return the form in which texts are compared: NFKC, without case."""
    return plain(text).casefold()


def shown(text: str) -> str:
    """Return a text in double quotes for a person to read, on one line; what could act on a terminal is escaped."""
    visible = text if text.isprintable() else "".join(_visible(char) for char in text)
    return f'"{visible}"'


def excerpt(text: str, place: int = 0) -> str:
    """Return `shown` of the text, where it is long only of what stands around `place`, with dots where it is cut."""
    if len(text) <= SHOWN:
        return shown(text)
    start = max(0, min(place - SHOWN // 3, len(text) - SHOWN))
    stop = start + SHOWN
    return f"{'…' if start else ''}{shown(text[start:stop])}{'…' if stop < len(text) else ''}"


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _HIDDEN:
        return char
    return _escaped(char)


def _escaped(char: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    if char in named:
        return named[char]
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def described(value: object) -> str:
    """Say in plain words what somebody wrote in a file: kind and value, shortened."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return excerpt(value)
        case list():
            return "a list"
        case _:
            return "a mapping of keys"
