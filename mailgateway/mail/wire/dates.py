"""The Date field -> an instant in UTC; a broken one falls back to the youngest Received stamp that can be read."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from mailparser.dates import parse_mail_date
from mailparser.exceptions import MailParserReceivedParsingError
from mailparser.received import split_received

_LONGEST = 200
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_COMMENT = re.compile(r"\([^()]*\)")


def read_date(value: str, received: list[str]) -> tuple[datetime | None, str]:
    """Return the instant a mail was written and a defect ("" where the Date field was good).

    `received` are the Received values, topmost first; the lowest readable one is nearest to the writer.
    """
    found = _instant(value)
    if found is not None:
        return found, ""
    defect = "Date unreadable" if value else "no Date"
    for stamp in reversed(received[-20:]):
        found = _received(stamp)
        if found is not None:
            return found, f"{defect}, taken from Received"
    return None, defect


def _instant(value: str) -> datetime | None:
    """Read a date as RFC 5322 has it, or as leniently as can be done without guessing the day."""
    value = value[:_LONGEST]
    if not value:
        return None
    strict = parse_mail_date(value).value
    if strict is not None:
        return strict if strict.year >= 1970 else None
    if _ISO.match(value.strip()):
        return _iso(value.strip())
    return _lenient(_COMMENT.sub(" ", value))


def _iso(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value.replace(" +", "+").replace(" -", "-").removesuffix(" UTC"))
    except ValueError:
        return None
    return _utc(found if found.tzinfo else found.replace(tzinfo=UTC))


def _lenient(value: str) -> datetime | None:
    try:
        parts = parsedate_tz(value)
        if parts is None or parts[0] < 1970:
            return None
        offset = parts[9] or 0
        if abs(offset) > 14 * 3600:
            offset = 0
        return _utc(datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=offset))))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _utc(instant: datetime) -> datetime | None:
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        return None


def _received(stamp: str) -> datetime | None:
    """Read the stamp of one Received value, after its last semicolon."""
    try:
        _, text = split_received(stamp[:4_000])
    except MailParserReceivedParsingError:
        text = stamp.rpartition(";")[2]
    return _instant((text or stamp.rpartition(";")[2]).strip())
