"""Another system's webhook on loopback, which answers as a test tells it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from types import TracebackType

from tests.servers.http import HttpServer, Silent


@dataclass(frozen=True, slots=True)
class Received:
    """A call that arrived."""

    headers: Mapping[str, str]
    body: bytes


class WebhookServer(HttpServer):
    """Gives the `answers` one after the other, the last for ever; what it got is in `received`."""

    def __init__(self, *answers: int | tuple[int, Mapping[str, str], bytes]) -> None:
        """Listen; an answer is a status, or a status with headers and a body."""
        self.received: list[Received] = []
        self.arrived = threading.Semaphore(0)
        self.hang_until = threading.Event()
        self.hang_until.set()
        self._answers = list(answers) or [200]
        super().__init__(self._handler(), "/hook")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, hanging answers too."""
        self.hang_until.set()
        super().__exit__(kind, error, trace)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Call(Silent, BaseHTTPRequestHandler):
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

        return Call
