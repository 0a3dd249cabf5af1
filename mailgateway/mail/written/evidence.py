"""What tells in a line that a mail is spoken of: an address, a day, a time, in the digits of any script."""

import re

LONGEST = 400
"""No more of a line is looked at."""
DIRECTIONS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""For `str.translate`: marks of the direction of writing, which some programs put around every number."""

ADDRESS = re.compile(r"[^\s<>@]{1,128}@[^\s<>@]{1,255}")
BRACKETED = re.compile(r"(?<!=)[<(\[]{1,2}\s?(?:mailto:)?[^\s<>@()\[\]]{1,128}@[^\s<>()\[\]]{1,255}")
"""An address as mail programs write it behind a name; `from=<a@b>` of a log is none."""

_YEAR = r"\b(?:(?:19|20|25)\d\d|[٠-٩۰-۹०-९]{4})\b"
CLOCK = re.compile(r"(?<![\d./-])\d{1,2}[:.h]\d\d(?!\d|[./-]\d)|\d{1,2}[:시時]\d\d")
"""A time of day; the `04.03` of a date is none."""
DATE = re.compile(rf"{_YEAR}|\b\d{{1,2}}[:.h]\d\d\b|\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}\b|\d{{1,2}}月|\d{{4}}년")
"""A day or a time."""
DAY = re.compile(
    rf"{_YEAR}|\b\d{{1,2}}[./-] ?\d{{1,2}}[./-] ?(?:\d{{4}}|\d\d)\b|\d{{1,2}}月\d{{1,2}}日|"
    r"\b(?:19|20)\d\d[./-] ?\d{1,2}[./-] ?\d{1,2}\b|\d{4}[年년]"
)


def tells_when(text: str) -> bool:
    """Tell whether a text names a day and a time, as programs do for a mail and people seldom."""
    plain = text.translate(DIRECTIONS)
    return bool(DAY.search(plain) and CLOCK.search(plain))
