"""How long what was written is kept: a clock for each kind, counted from the close of its ticket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REMOVED_TEXT = "[removed after its time]"
"""What stands where words were."""


class Kind(StrEnum):
    """What has a clock of its own."""

    RAW = "raw"
    ATTACHMENTS = "attachments"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long mails as they came and letters as they went, attachments, and words are kept; None: for ever."""

    raw: timedelta | None = None
    attachments: timedelta | None = None
    texts: timedelta | None = None

    def cutoffs(self, now: datetime) -> Mapping[Kind, datetime]:
        """Return, for each kind that is not kept for ever, when a ticket must have been closed for it to go now."""
        ages = {kind: getattr(self, kind.value) for kind in Kind}
        return {kind: now - age for kind, age in ages.items() if age is not None}
