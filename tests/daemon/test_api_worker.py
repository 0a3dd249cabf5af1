"""The API inside a running daemon: it comes and goes with the configuration, and holds nothing up."""

import signal
import socket
from pathlib import Path

import httpx

from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import GATEWAY, GROUPS, ROUTING
from tests.servers.process import free_port


def _configure(folder: Path, api: str) -> Path:
    path = folder / "gateway.yaml"
    database = f"sqlite:///{folder}/desk.db"
    text = GATEWAY.format(database=database, folder=folder, imap_port=1, smtp_port=1, user="x")
    path.write_text(text + api)
    (folder / "groups.yaml").write_text(GROUPS)
    (folder / "routing.yaml").write_text(ROUTING)
    return path


def _status(port: int, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"http://127.0.0.1:{port}/status", headers=headers, timeout=20).status_code


def test_it_answers_follows_a_reload_and_ends_with_the_daemon(tmp_path: Path) -> None:
    """A new token is good at once, a moved port after a reload; a client that hangs on does not hold SIGTERM up."""
    port, moved = free_port(), free_port()
    (tmp_path / "token").write_text("first\n")
    configuration = _configure(tmp_path, f"api: {{listen: '127.0.0.1:{port}', tokens: [{{file: token}}]}}\n")
    with Daemon(configuration) as daemon:
        daemon.wait_for("api.listening")
        assert _status(port, "first") == 200
        (tmp_path / "token").write_text("second\n")
        assert (_status(port, "first"), _status(port, "second")) == (401, 200)
        _configure(tmp_path, f"api: {{listen: '127.0.0.1:{moved}', tokens: [{{file: token}}]}}\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for("api.listening", 2)
        assert _status(moved, "second") == 200
        with socket.create_connection(("127.0.0.1", moved), timeout=10) as hanging:
            hanging.sendall(b"GET /status HTTP/1.1\r\n")
            assert daemon.end() == 0
        assert daemon.lines_of("supervisor.ended")[-1]["still_busy"] == []


def test_a_port_that_is_taken_costs_the_daemon_nothing(tmp_path: Path) -> None:
    """It runs on, says so, and takes the port when that is free."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        configuration = _configure(tmp_path, f"api: {{listen: '127.0.0.1:{port}', tokens: [{{env: HOME}}]}}\n")
        with Daemon(configuration) as daemon:
            count = 1
            while "in use" not in str(daemon.wait_for("worker.unavailable", count)):
                count += 1
            other.close()
            daemon.wait_for("api.listening")
            assert daemon.end() == 0
