"""One uvicorn server on one socket, in the thread that calls it, bounded in all that a stranger can ask of it."""

import asyncio
import socket
from typing import Any, cast

from fastapi import FastAPI
from uvicorn import Config
from uvicorn import Server as Uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from mailgateway.errors import TransientError

MOST_CONNECTIONS = 64
LONGEST_IDLE_SECONDS = 30.0
"""How long a connection may live; one that is just being answered gets as long again."""

_LAST_SECONDS = 2


Application = FastAPI
"""What a server answers with."""


class _Bounded(H11Protocol):
    """A connection that is refused where there are too many, and ended where it lasts too long."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn itself
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self.loop.call_later(LONGEST_IDLE_SECONDS, self._end_of_life)

    def _end_of_life(self) -> None:
        # None until the first request, whatever its type says
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            self.transport.abort()
        else:
            self.loop.call_later(LONGEST_IDLE_SECONDS, self.transport.abort)


class _Ending(Uvicorn):
    """A server that hangs up on who does not read its answers, instead of leaving connections to nobody."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection, those last that have not taken all that was said to them."""
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


class HttpServer:
    """Listens from the moment it is made; `serve` answers until `stop`, which any thread may call."""

    def __init__(self, app: Application, host: str, port: int) -> None:
        """Listen; raises TransientError where that is not possible."""
        self._socket = _listening(host, port)
        settings: dict[str, Any] = {"lifespan": "off", "ws": "none", "loop": "asyncio", "http": _Bounded}
        quiet: dict[str, Any] = {"log_config": None, "log_level": "critical", "access_log": False}
        self._server = _Ending(
            Config(
                app,
                **settings,
                **quiet,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_LAST_SECONDS,
            )
        )

    def serve(self) -> None:
        """Answer until told to stop, and close the socket."""
        try:
            self._server.run([self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Let `serve` return; what is being answered gets two seconds."""
        self._server.should_exit = True


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise TransientError(f"api: {host} is no address of this host: {error.strerror}") from None
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(MOST_CONNECTIONS)
    except OSError as error:
        opened.close()
        raise TransientError(f"api: cannot listen at {host}:{port}: {error.strerror}") from None
    return opened
