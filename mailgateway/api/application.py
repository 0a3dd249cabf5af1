"""The addresses that there are, what each takes, and how answers and refusals are written."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException as AnyHTTPException

import mailgateway
from mailgateway import log
from mailgateway.api import shapes
from mailgateway.api.door import Door
from mailgateway.api.reader import Reader
from mailgateway.api.wanted import MOST, asked_for
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import API
from mailgateway.store.tickets.listed import Wanted

_log = log.logger("api")
_SUMMARY = "What the gateway knows, for other programs: read-only. Keys may be added to answers at any time."
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.Problem, "description": meaning}
    for status, meaning in {
        401: "no good token",
        422: "a value that cannot be",
        429: "too many wrong tokens",
        503: "ask again later",
    }.items()
}
_NO_TICKET: dict[int | str, dict[str, Any]] = {404: {"model": shapes.Problem, "description": "no such ticket"}}

Number = Annotated[int, Path(ge=1, le=MOST, description="the ticket's number")]
Limit = Annotated[int, Query(ge=1, le=1000, description="how many at most")]
Id = Annotated[int | None, Query(ge=1, le=MOST)]


def application(desk: Desk, tokens: Callable[[], tuple[str, ...]]) -> FastAPI:
    """Return the API of a desk, for those who bring one of the tokens."""
    made = FastAPI(
        title="mailgateway",
        version=mailgateway.__version__,
        description=_SUMMARY,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
        dependencies=[Depends(Door(tokens, lambda: desk.observer().turned_away(API)))],
        responses=_PROBLEMS,
    )
    made.add_exception_handler(AnyHTTPException, _refused)
    made.add_exception_handler(RequestValidationError, _misread)
    made.add_exception_handler(Exception, _broken)
    _add_addresses(made, Reader(desk))
    return made


def _add_addresses(made: FastAPI, reader: Reader) -> None:
    @made.get("/status", response_model=shapes.State, summary="How the gateway is")
    def status() -> Response:
        return _answer(reader.state())

    @made.get("/tickets", response_model=shapes.Tickets, summary="Tickets, newest first")
    def tickets(wanted: Annotated[Wanted, Depends(asked_for)], limit: Limit = 50) -> Response:
        return _answer(reader.tickets(wanted, limit))

    @made.get("/tickets/{number}", response_model=shapes.Ticket, responses=_NO_TICKET, summary="One ticket, whole")
    def ticket(number: Number) -> Response:
        found = reader.ticket(number)
        if found is None:
            raise HTTPException(404, f"there is no ticket {number}")
        return _answer(found)

    @made.get("/events", response_model=shapes.Events, summary="What happened to tickets, oldest first")
    def events(
        since: Annotated[int, Query(ge=0, le=MOST, description="the `since` of the page before")] = 0,
        ticket: Id = None,
        limit: Limit = 100,
    ) -> Response:
        return _answer(reader.events(since, limit, ticket))

    @made.get("/openapi.json", include_in_schema=False)
    def description() -> Response:
        return _answer(made.openapi())


def _answer(value: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    # ASCII: half a character, as mails may hold, is no UTF-8
    content = json.dumps(value, separators=(",", ":")).encode("ascii")
    kept_from_caches = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return Response(content, status, kept_from_caches, "application/json")


def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, AnyHTTPException):
        raise error
    return _answer({"error": str(error.detail)}, error.status_code, error.headers)


def _misread(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = (f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors())
    return _answer({"error": "; ".join(wrong)[:1000]}, 422)


def _broken(_request: Request, error: Exception) -> Response:
    _log.error("api.broken", error=type(error).__name__, exception=log.frames(error))
    # uvicorn closes the connection behind such an answer: a client that is not told would ask into a closed one
    return _answer({"error": "a fault of our own; the log says more"}, 500, {"Connection": "close"})
