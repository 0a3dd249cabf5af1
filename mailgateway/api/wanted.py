"""Which tickets a request asks for, read from its address."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import HTTPException, Query

from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.store.tickets.listed import Wanted

MOST = 10**15
"""A number that every database takes."""

Name = Annotated[str | None, Query(max_length=200)]
Moment = Annotated[datetime | None, Query(description="changed at this moment or later")]
Page = Annotated[int | None, Query(ge=1, le=MOST, description="the `after` of the page before")]


def asked_for(  # noqa: PLR0913 - each is a word of the address
    *,
    status: Annotated[tuple[Status, ...], Query(description="one of these")] = (),
    type: Annotated[tuple[TicketType, ...], Query(description="one of these")] = (),  # noqa: A002 - as the key is called
    priority: Annotated[tuple[Priority, ...], Query(description="one of these")] = (),
    tag: Annotated[tuple[str, ...], Query(max_length=20, description="all of these")] = (),
    group: Name = None,
    assignee: Name = None,
    requester: Name = None,
    organisation: Name = None,
    ci: Name = None,
    since: Moment = None,
    after: Page = None,
) -> Wanted:
    """Return which tickets are asked for; raises 422 where a moment names no zone, or is none in UTC."""
    if since is not None and since.tzinfo is None:
        raise HTTPException(422, "since: write a moment with its zone, such as 2026-11-02T12:00:00Z")
    try:
        since = since and since.astimezone(UTC)
    except OverflowError:
        raise HTTPException(422, "since: this moment is beyond the calendar") from None
    return Wanted(
        statuses=status,
        types=type,
        priorities=priority,
        tags=tag,
        group=group,
        assignee=assignee,
        requester=requester,
        organisation=organisation,
        ci=ci,
        changed_since=since,
        below=after,
    )
