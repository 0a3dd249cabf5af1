"""An OAuth2 token endpoint on loopback that answers as a test tells it."""

import json
import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl


class TokenEndpoint:
    """Gives the `answers` one after the other, the last for ever; the forms it got are in `forms`."""

    def __init__(self, *answers: tuple[int, Mapping[str, object] | bytes], tls: ssl.SSLContext | None = None) -> None:
        """Prepare the endpoint; an answer is a status and a JSON object or raw bytes."""
        self.forms: list[dict[str, str]] = []
        self._answers = list(answers)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.block_on_close = True
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.hang_until = threading.Event()
        self.hang_until.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/token"

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
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
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

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        return Handler
