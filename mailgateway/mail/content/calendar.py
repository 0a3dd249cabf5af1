"""text/calendar (RFC 5545) -> a few readable lines about the first event: what, when, where, who asks."""

import re

_MOST_LINES = 2_000
_WANTED = ("METHOD", "SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "STATUS")
_METHODS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Other time proposed",
    "PUBLISH": "Event",
}
_STAMP = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?$")
_ESCAPED = re.compile(r"\\([\\;,nN])")


def summarise(text: str) -> str:
    """Return the summary of a calendar object, "" where it holds no event."""
    found = _fields(text)
    if "SUMMARY" not in found and "DTSTART" not in found:
        return ""
    lines = [f"{_METHODS.get(found.get('METHOD', '').upper(), 'Event')}: {found.get('SUMMARY', '')}".rstrip(": ")]
    when = " - ".join(found[name] for name in ("DTSTART", "DTEND") if found.get(name))
    for label, value in (
        ("When", when),
        ("Where", found.get("LOCATION", "")),
        ("Organizer", found.get("ORGANIZER", "")),
    ):
        if value:
            lines.append(f"{label}: {value}")
    return "\n".join(lines)


def _fields(text: str) -> dict[str, str]:
    """Read the wanted properties of the calendar and of its first event."""
    found: dict[str, str] = {}
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    in_event = False
    for line in unfolded.splitlines()[:_MOST_LINES]:
        head, colon, value = line.partition(":")
        name, _, parameters = head.partition(";")
        name = name.strip().upper()
        if name == "BEGIN":
            in_event = value.strip().upper() in ("VEVENT", "VTODO")
        elif name == "END" and in_event:
            break
        elif colon and name in _WANTED and (in_event or name == "METHOD"):
            found.setdefault(name, _readable(name, parameters, value.strip())[:500])
    return found


def _readable(name: str, parameters: str, value: str) -> str:
    if name in ("DTSTART", "DTEND"):
        return _instant(parameters, value)
    if name == "ORGANIZER":
        common = re.search(r"CN=\"?([^\";:]{1,200})", parameters, re.IGNORECASE)
        address = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
        return f"{common[1]} <{address}>" if common else address
    return _ESCAPED.sub(lambda pair: "\n" if pair[1] in "nN" else pair[1], value)


def _instant(parameters: str, value: str) -> str:
    """Write a stamp as people read it, with the zone that it names."""
    stamp = _STAMP.match(value)
    if not stamp:
        return value
    year, month, day, hour, minute, utc = stamp.groups()
    if hour is None:
        return f"{year}-{month}-{day}"
    zone = re.search(r"TZID=\"?([^\";:]{1,80})", parameters, re.IGNORECASE)
    named = " UTC" if utc else f" ({zone[1]})" if zone else ""
    return f"{year}-{month}-{day} {hour}:{minute}{named}"
