"""Bytes to text, whatever the label says: known lies are corrected, missing labels guessed, nothing ever raises."""

import codecs
import encodings
import pkgutil
import re
from encodings.aliases import aliases
from functools import lru_cache
from itertools import islice

from charset_normalizer import from_bytes

from mailgateway.mail.wire.guess import likely_codec
from mailgateway.mail.wire.guessing import guessed

_SAMPLE = 4_096
_MOST_RUNS = 200_000
"""So often may a text shift to other letters: twice as often as in the longest that is read."""

# To look an unknown label up takes a search for a module of its name: a mail can have tens of thousands of them.
_CODECS = frozenset({*aliases, *(module.name for module in pkgutil.iter_modules(encodings.__path__))})
_UNSAFE = frozenset({"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})

# Labels as mailers write them -> the Python codec that reads what they really send (mostly a superset).
_ALIASES = {
    "ascii": "cp1252",
    "usascii": "cp1252",
    "ansi": "cp1252",
    "ansix341968": "cp1252",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "8859": "cp1252",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "iso88598": "cp1255",
    "iso88598i": "cp1255",
    "iso88598e": "cp1255",
    "iso88596i": "iso8859-6",
    "iso88596e": "iso8859-6",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "euccn": "gb18030",
    "big5": "big5hkscs",
    "xxbig5": "big5hkscs",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "ksx1001": "cp949",
    "euckr": "cp949",
    "windows949": "cp949",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "xsjis": "cp932",
    "mskanji": "cp932",
    "windows31j": "cp932",
    "xeucjp": "euc_jp",
    "unicode11utf7": "utf-7",
    "utf7imap": "utf-7",
    "unicode11utf8": "utf-8",
    "utf8mb4": "utf-8",
    "ucs2": "utf-16",
    "iso10646ucs2": "utf-16",
    "unicode": "utf-16",
    "xmacroman": "mac_roman",
    "macintosh": "mac_roman",
    "xmacce": "mac_latin2",
    "xmaccyrillic": "mac_cyrillic",
    "koi8": "koi8-r",
    "xkoi8r": "koi8-r",
}
_SAYS_NOTHING = frozenset(
    {
        "",
        "default",
        "unknown",
        "unknown8bit",
        "xunknown",
        "8bit",
        "7bit",
        "binary",
        "none",
        "user",
        "userdefined",
        "xuserdefined",
    }
)
# Where control characters of the C1 range are used, the label meant the Windows page of the same letters.
_WINDOWS_TWIN = {
    "iso8859-2": "cp1250",
    "iso8859-5": "cp1251",
    "iso8859-6": "cp1256",
    "iso8859-7": "cp1253",
    "iso8859-13": "cp1257",
    "iso8859-15": "cp1252",
}
# Codecs whose bytes may by chance be UTF-8 as well: it takes several characters to believe that they are.
_TWO_BYTES = frozenset({"cp932", "cp949", "euc_jp", "gb18030", "big5hkscs"})
_NO_OTHER = frozenset({"utf-8", "utf-8-sig", "utf-7", "hz", "iso2022_kr", "utf-16", "utf-16-le", "utf-16-be"})
_ASCII = frozenset({"ascii", "usascii", "ansix341968"})
_BEYOND_LATIN = re.compile(r"[\u0800-\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_C1 = re.compile(rb"[\x80-\x9f]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B(]|\([BJI])")
_JIS_RUN = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])([^\x1b]*)")


def decode(data: bytes, label: str = "", hint: str = "") -> tuple[str, str]:
    """Return the text of `data` and the codec that was used ("" where the label was followed).

    `label` is what the mail says, `hint` what is likely where it says nothing. NUL is dropped, undecodable bytes
    become U+FFFD.
    """
    if data.isascii() and b"\x1b" not in data and b"\x00" not in data and not _is_shifted(label):
        return data.decode("ascii"), ""
    text, used = _decode(data, label, hint)
    return text.replace("\x00", ""), used


def _is_shifted(label: str) -> bool:
    """Tell whether ASCII bytes may stand for other letters under this label."""
    return codec_of(label) in {"utf-7", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}


def _decode(data: bytes, label: str, hint: str) -> tuple[str, str]:
    codec = codec_of(label)
    if not codec or (re.sub(r"[^a-z0-9]", "", label[:40].casefold()) in _ASCII and b"\x1b" not in data):
        return _guess(data, hint)
    if codec in ("utf-8", "cp1252") and b"\x00" in data and (order := _hidden_utf_16(data)):
        return data.decode(order, "replace"), order
    japanese = codec.startswith("iso2022_jp")
    if not (codec in _NO_OTHER or (japanese and b"\x1b" in data)) and (text := _as_utf_8(data, codec)) is not None:
        return text, "utf-8"
    if japanese:
        return _iso_2022_jp(data), ""
    return _as_labelled(data, codec, hint)


def _as_labelled(data: bytes, codec: str, hint: str) -> tuple[str, str]:
    """Follow the label, or the Windows page of the same letters where only that can be meant."""
    if codec == "utf-16":
        return data.decode(_utf_16(data), "replace"), ""
    twin = _WINDOWS_TWIN.get(codec, "")
    if twin and (_C1.search(data) or _strict(data, codec) is None or likely_codec(data) == twin):
        codec = twin
    if (text := _strict(data, codec)) is not None:
        return _whole(text), ""
    return _best_effort(data, codec, hint)


def _as_utf_8(data: bytes, codec: str) -> str | None:
    """Return the text where the bytes are UTF-8 under another label: by chance they hardly ever are."""
    if data.isascii():
        return None
    text = _strict(data, "utf-8")
    if text is None or (codec in _TWO_BYTES and len(_BEYOND_LATIN.findall(text)) < 2 and len(data) < _SAMPLE):
        return None
    return text


def _hidden_utf_16(data: bytes) -> str:
    """Return the byte order where every other byte of a text is zero, "" where the zeros stand anywhere."""
    sample = data[:_SAMPLE]
    half = len(sample) // 2
    for order, zeros, others in (("utf-16-le", sample[1::2], sample[0::2]), ("utf-16-be", sample[0::2], sample[1::2])):
        if half and zeros.count(0) * 2 > half and not others.count(0):
            return order
    return ""


def _whole(text: str) -> str:
    """Replace lone surrogates, which UTF-7 and its like can spell and nothing can write again."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _best_effort(data: bytes, codec: str, hint: str) -> tuple[str, str]:
    """Decode what its own label cannot: damage is replaced when rare, another codec sought when not."""
    text = _whole(data.decode(codec, "replace"))
    if text.count("\ufffd") * 20 <= len(text):
        return text, ""
    return _guess(data, hint)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


@lru_cache(maxsize=512)
def codec_of(label: str) -> str:
    """Return the Python codec for a charset label, "" where the label is unknown, empty or no text codec."""
    name = label.strip().strip("\"'<>").partition("*")[0].casefold()
    plain = re.sub(r"[^a-z0-9]", "", name[:40])
    if plain in _SAYS_NOTHING:
        return ""
    if plain in _ALIASES:
        return _ALIASES[plain]
    for candidate in (name, re.sub(r"^(?:x-|_)", "", name), re.sub(r"^(?:cp|win|windows|ibm)[-_ ]*(?=\d)", "cp", name)):
        if encodings.normalize_encoding(candidate) not in _CODECS:
            continue
        try:
            found = codecs.lookup(candidate)
        except (LookupError, ValueError, UnicodeError):
            continue
        text_codec = getattr(found, "_is_text_encoding", True)
        if text_codec and found.name.replace("-", "_") not in _UNSAFE:
            return _ALIASES.get(re.sub(r"[^a-z0-9]", "", found.name), found.name)
    return ""


def _utf_16(data: bytes) -> str:
    """Choose the byte order of UTF-16: by mark, else by where the byte stands that most letters of a script share."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    sample = data[:_SAMPLE]
    first, second = (max(map(half.count, set(half)), default=0) for half in (sample[0::2], sample[1::2]))
    return "utf-16-be" if first > second else "utf-16-le"


def _guess(data: bytes, hint: str) -> tuple[str, str]:
    """Find the codec of unlabelled bytes: marks, UTF-8, escapes, the hint, statistics, at last cp1252."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(codec, "replace"), codec
    if _ISO_2022.search(data):
        return _iso_2022_jp(data), "iso2022_jp"
    if (text := _strict(data, "utf-8")) is not None:
        return text, "utf-8"
    truncated = data.decode("utf-8", "replace")
    if len(data) > len(truncated) + 4 * truncated.count("\ufffd"):
        return truncated, "utf-8"
    return _by_letters(data, codec_of(hint))


def _by_letters(data: bytes, hinted: str) -> tuple[str, str]:
    """Decode bytes that no mark tells about: as hinted, else by the letters of languages, else by statistics."""
    if hinted not in ("", "ascii") and (text := _strict(data, hinted)) is not None:
        return _whole(text), hinted
    codec = guessed(data, lambda letters: likely_codec(letters) or _statistics(letters))
    if codec not in ("", "ascii") and (text := _strict(data, codec)) is not None:
        return _whole(text), codec
    return data.decode("cp1252", "replace"), "cp1252"


def _statistics(data: bytes) -> str:
    """Ask charset-normalizer about the lines that hold the foreign bytes; "" where it has no idea.

    Few bytes between ASCII letters are Western accents; statistics would find something exotic in so little.
    """
    sample = data[: 16 * _SAMPLE]
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    if high < 4 or (high < 3 * len(runs) and high * 4 < len(sample)):
        return ""
    lines = [line for line in data[: 16 * _SAMPLE].splitlines() if not line.isascii()]
    best = from_bytes(b"\n".join(lines)[:_SAMPLE], steps=3, chunk_size=_SAMPLE, enable_fallback=False).best()
    return codec_of(best.encoding) if best else ""


def _iso_2022_jp(data: bytes) -> str:
    """Decode ISO-2022-JP with the NEC and IBM rows that the standard codec refuses: each run goes through cp932."""
    escape = data.find(b"\x1b")
    if escape < 0:
        return data.decode("cp932", "replace")
    pieces, end = [data[:escape].decode("ascii", "replace")], escape
    for found in islice(_JIS_RUN.finditer(data, escape), _MOST_RUNS):
        pieces.append(_jis_run(found[1], found[2]))
        end = found.end()
    return "".join(pieces) + data[end:].decode("ascii", "replace")


def _jis_run(mode: bytes, run: bytes) -> str:
    if mode in (b"(B", b"(J"):
        return run.decode("cp932", "replace")
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in run).decode("cp932", "replace")
    if mode == b"$(D":
        return (b"\x1b$(D" + run + b"\x1b(B").decode("iso2022_jp_1", "replace")
    shifted = bytearray()
    for first, second in zip(run[0::2], run[1::2], strict=False):
        row = (first - 0x21) // 2 + 0x81
        even = not first & 1
        cell = second + 0x7E if even else second + 0x1F + (second >= 0x60)
        shifted += bytes(((row + 0x40 if row > 0x9F else row) & 0xFF, cell & 0xFF))
    return shifted.decode("cp932", "replace")
