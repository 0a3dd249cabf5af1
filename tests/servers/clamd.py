"""A clamd on loopback that speaks the real protocol, finds the EICAR test string, and misbehaves as a test tells it."""

import socket
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

# written in two pieces, so that no scanner takes this file for what it speaks of
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"
_LENGTH = struct.Struct(">I")


class ClamdServer:
    """Answers PING, VERSION and INSTREAM. What was scanned is in `scanned`.

    `finds` are what it looks for, by the name of its signature. `stream_max` is the most it takes; `says` an answer in
    place of a verdict, b"" to hang up, `breaks_at` what it hangs up on; while `goes_on` is not set it answers nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Listen at a socket's path, or on loopback."""
        self.finds = {SIGNATURE: EICAR}
        self.stream_max = 25_000_000
        self.says: bytes | None = None
        self.breaks_at: bytes | None = None
        self.scanned: list[bytes] = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.asked = threading.Semaphore(0)
        if path is not None:
            self._listening = socket.socket(socket.AF_UNIX)
            self._listening.bind(str(path))
            self._listening.listen()
            self.address = str(path)
        else:
            self._listening = socket.create_server(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: nobody answers there any more."""
        self.goes_on.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in (self._thread, *self._threads):
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._speak, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _speak(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                self._answer(connection)
            except OSError:
                return  # the other side has hung up

    def _answer(self, connection: socket.socket) -> None:
        command = b""
        while not command.endswith(b"\0"):
            if not (octet := connection.recv(1)):
                return
            command += octet
        self.asked.release()
        if command == b"zPING\0":
            self._say(connection, b"PONG")
        elif command == b"zVERSION\0":
            self._say(connection, b"ClamAV 1.4.6/27801/Sun Nov 29 09:00:00 2026")
        elif command == b"zINSTREAM\0":
            content = self._content(connection)
            if content is None:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
            self.scanned.append(content)
            if self.breaks_at is not None and self.breaks_at in content:
                return
            name = next((name for name, part in self.finds.items() if part in content), "")
            self._say(connection, f"stream: {name} FOUND".encode() if name else b"stream: OK")
        else:
            connection.sendall(b"UNKNOWN COMMAND\0")

    def _content(self, connection: socket.socket) -> bytes | None:
        content = b""
        while length := _LENGTH.unpack(_exactly(connection, 4))[0]:
            if len(content) + length > self.stream_max:
                return None
            content += _exactly(connection, length)
        return content

    def _say(self, connection: socket.socket, answer: bytes) -> None:
        self.goes_on.wait(30)
        said = answer if self.says is None else self.says
        if said:
            connection.sendall(said + b"\0")


def _exactly(connection: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        if not (more := connection.recv(count - len(read))):
            raise ConnectionResetError
        read += more
    return read
