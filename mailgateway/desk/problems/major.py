"""Major incidents: what is known to be down, said to everybody whose new matter it may explain.

Each is tied to a problem, and ends with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.model import Ticket

EVERYTHING, CI, GROUP, RULE = "all", "ci", "group", "rule"


@dataclass(frozen=True, slots=True)
class Major:
    """A major incident: what is said of it by language ("" for all others), since when, and when there will be news.

    `only_for` says which new matters it is for: `all`; those about the problem's own `ci` or in its `group`; or those
    that matched `rule NAME`. `subject`, `ci` and `group` are the problem's, as they are now.
    """

    problem: int
    texts: Mapping[str, str]
    since: datetime
    only_for: str = EVERYTHING
    news_at: datetime | None = None
    subject: str = ""
    ci: str | None = None
    group: str = ""

    def text_in(self, language: str) -> str:
        """Return what is said of it in a language, or else in any."""
        tag = language.casefold()
        own = (self.texts.get(known) for known in (tag, tag.partition("-")[0], "", "en"))
        return next(filter(None, own), next(iter(self.texts.values()), ""))

    def fits(self, ticket: Ticket, matched: Collection[str]) -> bool:
        """Tell whether a new ticket, which these rules matched, is a matter that it is for."""
        what, _, name = self.only_for.partition(" ")
        if what == CI:
            return bool(self.ci) and ticket.ci == self.ci
        if what == GROUP:
            return ticket.group == self.group
        return name in matched if what == RULE else True
