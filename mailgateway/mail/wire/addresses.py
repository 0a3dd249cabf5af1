"""Address fields (RFC 5322 section 3.4) -> addresses: groups opened, comments and quotes read, damage mended."""

import re
from collections.abc import Iterator

from mailgateway.mail.model import Address
from mailgateway.mail.wire.words import decode_words

_PLAIN = re.compile(r'(?:"([^"\\]*)"[ \t]*|([^"<>,;:()\\@\[\]]*))<([^\s<>,;:()"\\@\[\]]+@[^\s<>,;:()"\\@\[\]]+)>')
_BARE = re.compile(r"[^\s<>,;:()\"\\@]{1,128}@[^\s<>,;:()\"\\@]{1,255}")
_MOST_TOKENS = 1_000
_SPACE = re.compile(r"\s+")
_CLOSING = {'"': '"', "(": ")", "[": "]", "<": ">"}


def read_addresses(value: str, most: int = 1_000) -> tuple[Address, ...]:
    """Return the mailboxes of an address field's unfolded value, at most `most`; what names no mailbox is left out.

    Encoded words are decoded after the structure is read, so that a comma or bracket inside a name splits nothing.
    """
    value = value.strip()
    if not value:
        return ()
    if found := _PLAIN.fullmatch(value):
        return (Address(clean_name(found[1] or found[2] or ""), found[3]),)
    addresses: list[Address] = []
    for item in _items(_decode_whole(value)):
        if len(addresses) >= most:
            break
        if (address := _mailbox(item)) is not None:
            addresses.append(address)
    return tuple(addresses)


def read_address(value: str) -> Address | None:
    """Return the one whole address that is written there; None where there is none, or several."""
    found = read_addresses(value, most=2)
    return found[0] if len(found) == 1 and found[0].is_whole else None


def _decode_whole(value: str) -> str:
    """Decode a field that hides its whole structure, addresses included, in encoded words (against RFC 2047)."""
    return decode_words(value) if "@" not in value and "=?" in value else value


def clean_name(name: str) -> str:
    """Return a display name as text on one line, without the quotes that some mailers leave around it."""
    text = _SPACE.sub(" ", decode_words(name)).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text


def _items(value: str) -> Iterator[list[tuple[str, str]]]:
    """Split an address list at commas and semicolons into items of tokens: (opening character or "", text)."""
    item: list[tuple[str, str]] = []
    for opening, text in _tokens(value):
        if opening in ",;":
            yield item
            item = []
        elif opening == ":":
            item = []
        elif len(item) < _MOST_TOKENS:
            item.append((opening or "word", text))
    yield item


def _tokens(value: str) -> Iterator[tuple[str, str]]:
    """Cut a value into quoted strings, comments, angle addresses, words and separators, in one pass."""
    place, size = 0, len(value)
    broken: set[str] = set()  # a character without partner is looked for once only: linear time
    while place < size:
        char = value[place]
        if char in _CLOSING:
            enclosed = None if char in broken else _enclosed(value, place)
            if enclosed is None:
                broken.add(char)
                enclosed = _unclosed(value, place)
            yield char, enclosed[0]
            place = enclosed[1]
        elif char in ",;:":
            yield char, ""
            place += 1
        else:
            stop = place + 1
            while stop < size and value[stop] not in '"([<,;:':
                stop += 1
            yield "word", value[place:stop]
            place = stop


def _enclosed(value: str, start: int) -> tuple[str, int] | None:
    """Read what stands between the character at `start` and its partner; None where the partner is missing."""
    opening, closing = value[start], _CLOSING[value[start]]
    depth, place, text = 1, start + 1, []
    while place < len(value):
        char = value[place]
        if char == "\\" and opening in '"(' and place + 1 < len(value):
            text.append(value[place + 1])
            place += 2
            continue
        if char == closing:
            depth -= 1
            if not depth:
                return "".join(text), place + 1
        elif char == opening and opening == "(":
            depth += 1
        text.append(char)
        place += 1
    return None


def _unclosed(value: str, start: int) -> tuple[str, int]:
    """Take an opening character without partner: an address until the next separator, or nothing but itself."""
    stop = start + 1
    while stop < len(value) and value[stop] not in ',;<"([':
        stop += 1
    return value[start + 1 : stop], stop


def _mailbox(item: list[tuple[str, str]]) -> Address | None:
    """Read one item: `Name <address>`, `address (Name)`, or an address between words."""
    angles = [text for opening, text in item if opening == "<"]
    if angles:
        address = _addr_spec(angles[-1])
        name = " ".join(text for opening, text in item if opening in ('"', "word", "["))
        if address:
            return Address(clean_name(name) or _comment(item), address)
        angle_less = [(o, t) for o, t in item if o != "<"]
        return _mailbox(angle_less) if angle_less else None
    spelled = "".join(_requoted(opening, text) for opening, text in item if opening != "(").strip()
    if "@" not in spelled:
        return None
    if " " not in spelled:
        return Address(clean_name(_comment(item)), spelled)
    return _among_words(item, spelled)


def _among_words(item: list[tuple[str, str]], spelled: str) -> Address | None:
    """Find the one address between words, or a quoted local part, or an address torn by spaces."""
    found = _BARE.findall(spelled)
    if spelled.startswith('"') and '"@' in spelled.replace('" @', '"@'):
        return Address(clean_name(_comment(item)), spelled.replace('" @', '"@').strip())
    if len(found) == 1:
        name = spelled.replace(found[0], " ")
        return Address(clean_name(name.replace('"', " ")) or _comment(item), found[0].strip("'"))
    tight = _SPACE.sub("", spelled)
    return Address(clean_name(_comment(item)), tight) if _BARE.fullmatch(tight) else None


def _requoted(opening: str, text: str) -> str:
    if opening == '"':
        return f'"{text}"'
    return f"[{text}]" if opening == "[" else text


def _comment(item: list[tuple[str, str]]) -> str:
    return clean_name(" ".join(text for opening, text in item if opening == "("))


def _addr_spec(text: str) -> str:
    """Return the address of an angle-addr: routes, `mailto:` and stray spaces dropped; "" for none."""
    address = decode_words(text).strip().strip("<>").strip()
    if address.lower().startswith("mailto:"):
        address = address[7:]
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    if not address.startswith('"'):
        address = _SPACE.sub("", address)
    return address if "@" in address[1:] else ""
