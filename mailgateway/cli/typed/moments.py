"""Dates and spans of time as they are written in options."""

from datetime import UTC, datetime, timedelta

from mailgateway import clock
from mailgateway.cli.lines import wrong_usage
from mailgateway.rules.findings import Wrong
from mailgateway.rules.measures import Sort, read_number

SHOWN = "a date such as 2026-11-02 or 2026-11-02T12:00:00Z"


def read_moment(written: str) -> datetime | None:
    """Return the moment that a date names, in UTC where it names no zone; None where it is none."""
    try:
        read = datetime.fromisoformat(written)
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def moment_in(option: str, written: str | None) -> datetime | None:
    """Return the moment of an option: a date, or so long ago; leaves with 2 where it is neither."""
    if written is None:
        return None
    span = _span(written)
    found = read_moment(written) if span is None else _ago(span)
    if found is None:
        raise wrong_usage(f"{option} {written[:60]}: write {SHOWN}, or how long ago: 2h, 3d, 1w")
    return found


def span_in(option: str, written: str | None) -> timedelta | None:
    """Return the span of an option; leaves with 2 where it is none."""
    found = None if written is None else _span(written)
    if written is not None and found is None:
        raise wrong_usage(f"{option} {written[:60]}: write a span of time: 30m, 4h, 2d")
    return found


def _span(written: str) -> timedelta | None:
    try:
        return timedelta(seconds=read_number(written, Sort.DURATION))
    except (Wrong, OverflowError):
        return None


def _ago(span: timedelta) -> datetime | None:
    try:
        return clock.now() - span
    except OverflowError:
        return None
