"""The language of a text, told offline; nothing where it is too short or too mixed to be sure."""

from functools import cache
from typing import Any

from mailgateway.rules.text import plain

_LOOKED_AT = 4_000
_SPELLED = {"iw": "he", "zh-Hant": "zh", "nb": "no", "jw": "jv"}


def language_of(text: str) -> str:
    """Return the code of the language (ISO 639-1), "" where it is not certain."""
    start = plain(text[:_LOOKED_AT])
    visible = "".join(char if char.isprintable() else " " for char in start)
    if not visible.strip():
        return ""
    is_reliable, _, found = _detector()(visible.encode(), isPlainText=True)
    code = str(found[0][1])
    return _SPELLED.get(code, code) if is_reliable and code != "un" else ""


@cache
def _detector() -> Any:
    """Load the detector's tables when the first rule asks."""
    import pycld2  # noqa: PLC0415 - ten megabytes that most rules never need

    return pycld2.detect
