"""When a mail arrived, by what it says itself: for one that comes from a file, which no server tells the time of."""

from datetime import datetime

from mailgateway.mail.limits import DEFAULT
from mailgateway.mail.wire.dates import read_date
from mailgateway.mail.wire.headers import read_headers, with_line_feeds

_MOST_HEADER = 262_144


def arrived_at(raw: bytes) -> datetime | None:
    """Return the time (UTC) of the topmost Received stamp, or else of the Date field; None without a readable one."""
    head = with_line_feeds(raw[:_MOST_HEADER])
    header, _ = read_headers(head, 0, len(head), DEFAULT)
    return read_date("", header.all("received")[:1])[0] or read_date(header.get("date"), [])[0]
