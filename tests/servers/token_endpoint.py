"""An OAuth2 token endpoint on loopback that answers as a test tells it."""

import json
import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from urllib.parse import parse_qsl

from tests.servers.http import HttpServer, Silent


class TokenEndpoint(HttpServer):
    """Gives the `answers` one after the other, the last for ever; the forms it got are in `forms`."""

    def __init__(self, *answers: tuple[int, Mapping[str, object] | bytes], tls: ssl.SSLContext | None = None) -> None:
        """Listen; an answer is a status and a JSON object or raw bytes."""
        self.forms: list[dict[str, str]] = []
        self.hang_until = threading.Event()
        self.hang_until.set()
        self._answers = list(answers)
        super().__init__(self._handler(), "/token", tls=tls, waits=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, hanging answers too."""
        self.hang_until.set()
        super().__exit__(kind, error, trace)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Request(Silent, BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.forms.append(dict(parse_qsl(form.decode())))
                endpoint.hang_until.wait(30)
                status, answer = endpoint._answers.pop(0) if len(endpoint._answers) > 1 else endpoint._answers[0]
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the client has hung up

        return Request
