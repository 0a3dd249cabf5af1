"""What heads a ticket for its customers: its subject, who asks, and the language that they are written to in."""

from dataclasses import dataclass

from mailgateway.mail.model import Address

LONGEST_SUBJECT = 500


@dataclass(frozen=True, slots=True)
class SetSubject:
    """Call it something else; mails find it by its number and their ids as before."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SetRequester:
    """Let it be somebody else's matter. Who had it takes part no longer, who has it now is no mere participant."""

    before: Address
    after: Address


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Write to its customers in another language, by its code."""

    before: str
    after: str


HeadingChange = SetSubject | SetRequester | SetLanguage
