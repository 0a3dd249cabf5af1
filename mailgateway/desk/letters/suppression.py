"""Addresses that letters come back from: when we stop writing to one, and for how long.

Only a report that names a letter of ours is believed: its Message-ID, or the envelope sender made of it, is known to
nobody but those who got it. What is suppressed is the address that we wrote to, whatever the report calls it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgateway.mail.model import Bounce

BY_BOUNCE = "bounce"
_LONGEST_REASON = 300
_PERMANENT = "5"
_OF_THE_ADDRESS = re.compile(r"\b([45]\.(?:1\.(?![78]\b)|2\.(?![34]\b))\d{1,3})\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class SuppressionPolicy:
    """How long an address is left alone after a hard bounce; how many soft ones, within which time, count as one."""

    lasts: timedelta = timedelta(days=30)
    soft_limit: int = 5
    soft_within: timedelta = timedelta(days=7)


DEFAULT = SuppressionPolicy()


@dataclass(frozen=True, slots=True)
class Reachability:
    """What is known of an address: failures counted since `since`, and until when nothing is sent to it.

    `until` is None where it may be written to. `by` says who closed it: bounces, or an operator by name.
    """

    address: str
    failures: int = 0
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    by: str = BY_BOUNCE


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours that a report is about, and what is known of the address it went to."""

    id: int
    ticket: int | None
    recipient: str
    audience: str
    notice: str
    at: datetime
    reachability: Reachability


def is_hard(bounce: Bounce) -> bool:
    """Tell whether a report says never (RFC 3463: class 5); a report without a status is taken for one."""
    return bounce.status.startswith(_PERMANENT) or (not bounce.status and bounce.action in ("failed", ""))


def refusal(recipient: str, answer: str) -> Bounce | None:
    """Return the bounce that our server's answer amounts to; None where it says nothing of the address.

    RFC 3463 section 3.2 and 3.3: of the addressing and mailbox codes, but for those about the sender or the message.
    """
    found = _OF_THE_ADDRESS.search(answer)
    return None if found is None else Bounce(recipient, found[1], "failed", answer)


def reason_of(bounce: Bounce) -> str:
    """Return in a line why a letter came back."""
    said = " ".join(f"{bounce.status} {bounce.diagnostic}".split())
    return said[:_LONGEST_REASON] or "the report gives no reason"


def after_failure(known: Reachability, bounce: Bounce, now: datetime, policy: SuppressionPolicy) -> Reachability:
    """Return what is known of an address after a letter to it came back: a hard bounce or enough soft ones end it."""
    fresh = known.since is None or now - known.since > policy.soft_within
    failures = 1 if fresh else known.failures + 1
    ended = is_hard(bounce) or failures >= policy.soft_limit
    until = now + policy.lasts if ended else known.until
    return Reachability(known.address, failures, now if fresh else known.since, until, reason_of(bounce))
