"""Another system's webhook on loopback, which answers as a test tells it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Received:
    """A call that arrived."""

    headers: Mapping[str, str]
    body: bytes


class WebhookServer:
    """Gives the `answers` one after the other, the last for ever; what it got is in `received`."""

    def __init__(self, *answers: int | tuple[int, Mapping[str, str], bytes]) -> None:
        """Prepare the server; an answer is a status, or a status with headers and a body."""
        self.received: list[Received] = []
        self.arrived = threading.Semaphore(0)
        self.hang_until = threading.Event()
        self.hang_until.set()
        self._answers = list(answers) or [200]
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.hang_until.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.received.append(Received({name.lower(): text for name, text in self.headers.items()}, body))
                server.arrived.release()
                server.hang_until.wait(30)
                answer = server._answers.pop(0) if len(server._answers) > 1 else server._answers[0]
                status, headers, content = (answer, {}, b"") if isinstance(answer, int) else answer
                try:
                    self.send_response(status)
                    for name, text in {"Content-Length": str(len(content)), **headers}.items():
                        self.send_header(name, text)
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # the caller has hung up

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        return Handler
