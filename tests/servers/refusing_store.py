"""An object store on loopback that refuses everything, in the words of S3."""

from http.server import BaseHTTPRequestHandler

from tests.servers.http import HttpServer, Silent


class RefusingStore(HttpServer):
    """Answers every request with one status and one error code."""

    def __init__(self, status: int, code: str) -> None:
        """Listen; without a code its answers are empty."""
        body = (
            f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>a-secret-key</Message></Error>".encode()
            if code
            else b""
        )

        class Refusal(Silent, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_PUT = do_DELETE = do_GET  # noqa: N815 - so the library calls them

        super().__init__(Refusal)
