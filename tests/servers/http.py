"""What HTTP servers of tests have in common: a free loopback port, a thread, and silence."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Silent:
    """Makes a handler of requests write nothing of them to the test's output."""

    def log_message(self, *_: object) -> None:
        """Keep silent."""


class HttpServer:
    """Listens from the moment it is made, at `path`, and answers within a `with` block.

    At its end it waits for requests that are still answered where `waits` says so.
    """

    def __init__(
        self,
        handler: type[BaseHTTPRequestHandler],
        path: str = "",
        *,
        tls: ssl.SSLContext | None = None,
        waits: bool = False,
    ) -> None:
        """Listen on a free port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = not waits
        self._server.block_on_close = waits
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
