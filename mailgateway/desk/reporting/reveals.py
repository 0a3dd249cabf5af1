"""What a report for a customer shows, told by whoever made it, for the last look before it is sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reveals:
    """Whose figures a report has, by the organisation's name ("" for everybody's).

    `inside` are the names in it that are not the reader's business: of groups, agents, other organisations.
    """

    organisation: str
    inside: tuple[str, ...] = ()
