"""ARC (RFC 8617): what forwarders and lists on a mail's way found before they changed it. In linear time.

The chain is not verified here: that takes keys from the DNS of names that the sender chose. A server of ours does it,
and says `arc=pass` (section 5.2). A chain that passes tells who sealed each set and no more; whom to believe is ours to
say (section 9.4): who seals may have written everything below.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailgateway.desk.threads.authentication import Authentication, read_authentication
from mailgateway.mail.model import Headers

MOST_SETS = 50
_LONGEST = 8192
_INSTANCE = re.compile(r"[0-9]{1,2}")
_TAG = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ArcSet:
    """What one sealer added (section 4.2): its domain in small letters, and what it found; None if unreadable."""

    sealer: str
    found: Authentication | None


def read_chain(headers: Headers) -> tuple[ArcSet, ...]:
    """Read a mail's ARC sets, oldest first; none where they are no whole chain (section 5.2, steps 1 to 3).

    Each of the three fields is there once for every instance from 1 to the last, 50 at most, and the first seal alone
    says `cv=none`, the others `cv=pass`.
    """
    results = _by_instance(headers.all("ARC-Authentication-Results"), _of_results)
    signatures = _by_instance(headers.all("ARC-Message-Signature"), _of_tags)
    seals = _by_instance(headers.all("ARC-Seal"), _of_tags)
    instances = range(1, len(seals) + 1)
    if not set(results) == set(signatures) == set(seals) == set(instances):
        return ()
    sealed = [_tags(seals[number]) for number in instances]
    if any(tags.get("cv") != ("pass" if place else "none") for place, tags in enumerate(sealed)):
        return ()
    found = [read_authentication(results[number].partition(";")[2]) for number in instances]
    return tuple(ArcSet(tags.get("d", "").lower(), one) for tags, one in zip(sealed, found, strict=True))


def vouches_for(chain: tuple[ArcSet, ...], domain: str, sealers: tuple[str, ...]) -> bool:
    """Tell whether a trusted sealer saw DMARC pass for exactly this From domain, in a chain that was verified.

    The newest sealer has the word; only while it found an older chain whole does the one before it. The first whom we
    do not trust ends it: everything below may be theirs.
    """
    trusted = {sealer.lower() for sealer in sealers}
    for one in reversed(chain):
        if one.sealer not in trusted or one.found is None:
            return False
        if one.found.passes_dmarc(domain):
            return True
        if not one.found.passes("arc"):
            return False
    return False


def _by_instance(values: tuple[str, ...], instance_of: Callable[[str], str]) -> dict[int, str]:
    """Return the fields of a name by their instance; none where one has none, is there twice, or is very long."""
    found: dict[int, str] = {}
    for value in values[: MOST_SETS + 1]:
        written = _INSTANCE.fullmatch(instance_of(value)) if len(value) <= _LONGEST else None
        number = int(written[0]) if written else 0
        if not 1 <= number <= MOST_SETS or number in found:
            return {}
        found[number] = value
    return found


def _of_results(value: str) -> str:
    """Return the instance that stands before the server's name (section 4.1.1)."""
    name, _, number = value.partition(";")[0].partition("=")
    return number.strip() if name.strip() == "i" else ""


def _of_tags(value: str) -> str:
    return _tags(value).get("i", "")


def _tags(value: str) -> dict[str, str]:
    """Read a list of tags (RFC 6376 section 3.2); none where it is not well-formed, or names a tag twice."""
    found: dict[str, str] = {}
    for written in filter(None, map(str.strip, value.split(";"))):
        tag = _TAG.fullmatch(written)
        if tag is None or tag[1] in found:
            return {}
        found[tag[1]] = tag[2]
    return found
