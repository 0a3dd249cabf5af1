"""What gateway.yaml may say of automatic mail that is too much: for one address, about one ticket, over tickets."""

from typing import Annotated

from pydantic import Field

from mailgateway.config.reading.kinds import Exempt, Strict
from mailgateway.desk.letters.loop_limits import USUAL, LoopLimits

_Count = Annotated[int, Field(strict=True, ge=1, le=10_000)]
_TICKET, _ALL = USUAL.about_one_ticket, USUAL.in_all


class AboutOneTicket(Strict):
    """How many automatic mails about one ticket one address may get within each of these times."""

    ten_minutes: _Count = Field(default=_TICKET[0], alias="10m", description="within ten minutes")
    half_an_hour: _Count = Field(default=_TICKET[1], alias="30m", description="within half an hour")
    an_hour: _Count = Field(default=_TICKET[2], alias="1h", description="within an hour")
    three_hours: _Count = Field(default=_TICKET[3], alias="3h", description="within three hours")
    ten_hours: _Count = Field(default=_TICKET[4], alias="10h", description="within ten hours")


class InAll(Strict):
    """How many automatic mails one address may get within each of these times; ten times as many who works here."""

    ten_minutes: _Count = Field(default=_ALL[0], alias="10m", description="within ten minutes")
    half_an_hour: _Count = Field(default=_ALL[1], alias="30m", description="within half an hour")
    an_hour: _Count = Field(default=_ALL[2], alias="1h", description="within an hour")


class Limits(Strict):
    """What keeps machines from writing to each other without end."""

    automatic_mails_per_hour: _Count = Field(
        default=5, description="automatic mails to one address within an hour, at most"
    )
    forwards_per_hour: _Count = Field(
        default=100, description="mails that rules forward to one address within an hour, at most; more open tickets"
    )
    new_tickets_per_hour: _Count | None = Field(
        default=50, description="new tickets of one address within an hour, at most; what is more is set aside"
    )
    about_one_ticket: AboutOneTicket = Field(
        default=AboutOneTicket(), description="automatic mails about one ticket to one address, within several times"
    )
    in_all: InAll = Field(default=InAll(), description="automatic mails to one address, within several times")
    same_text: _Count = Field(
        default=USUAL.same_text,
        description="new tickets of one address within a day that may say the same; the next is told nothing by itself",
    )
    prompt_tickets: _Count = Field(
        default=USUAL.prompt_tickets,
        description="new tickets of one address within a day that may come within seconds of a mail to it; likewise",
    )
    exempt: tuple[Exempt, ...] = Field(
        default=(), description="addresses, and domains such as @example.com, that may get any number of mails"
    )

    def as_policy(self) -> LoopLimits:
        """Return the plain value that the desk decides by."""
        return LoopLimits(
            about_one_ticket=tuple(count for _, count in self.about_one_ticket),
            in_all=tuple(count for _, count in self.in_all),
            same_text=self.same_text,
            prompt_tickets=self.prompt_tickets,
        )
