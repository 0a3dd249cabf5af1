"""Settings of mail servers -> servers to connect to."""

import sys
from pathlib import Path

import pytest

from mailgateway.accounts.server import Mechanism, Tls
from mailgateway.config.load import load
from mailgateway.config.servers import server
from mailgateway.errors import PermanentError
from tests.unit.config.examples import GATEWAY, write


@pytest.mark.parametrize(
    ("tls", "imap_port", "smtp_port"), [("implicit", 993, 465), ("starttls", 143, 587), ("none", 143, 25)]
)
def test_the_port_follows_tls(tmp_path: Path, tls: str, imap_port: int, smtp_port: int) -> None:
    """Who names no port means the usual one."""
    settings = load(write(tmp_path, GATEWAY.replace("{host:", f"{{tls: {tls}, host:")))
    imap, smtp = server(settings.mailboxes[0].imap), server(settings.smtp)
    assert (imap.tls, imap.port, smtp.port) == (Tls(tls), imap_port, smtp_port)


def test_a_relay_needs_no_log_in(tmp_path: Path) -> None:
    """Without a user name nobody logs in."""
    assert server(load(write(tmp_path)).smtp).login is None


def test_a_password_is_read_anew_for_every_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed password needs no restart, and a missing one is an error of its own, with the place."""
    login = server(load(write(tmp_path)).mailboxes[0].imap).login
    assert login is not None
    for password in ("one", "two"):
        monkeypatch.setenv("SUPPORT_PASSWORD", password)
        assert login.secret() == password
    monkeypatch.delenv("SUPPORT_PASSWORD")
    with pytest.raises(
        PermanentError, match=r"gateway.yaml:8:65: the environment variable SUPPORT_PASSWORD is not set"
    ):
        login.secret()


def test_a_token_is_got_when_it_is_needed(tmp_path: Path) -> None:
    """A command's output is the token of an XOAUTH2 log-in."""
    token = f"token: {{command: ['{sys.executable}', -c, 'print(\"abc.def\")']}}"
    gateway = GATEWAY.replace("password: {env: SUPPORT_PASSWORD}", token)
    login = server(load(write(tmp_path, gateway)).mailboxes[0].imap).login
    assert login is not None
    assert login.mechanism is Mechanism.XOAUTH2
    assert login.secret() == "abc.def"
    login.refused()
    assert login.secret() == "abc.def"


@pytest.mark.parametrize(
    "source",
    [
        "refresh: {token_url: 'https://x.example', client_id: x, refresh_token: {file: nowhere}}",
        "client_credentials: {token_url: 'https://x.example', client_id: x, client_secret: {file: nowhere}, scope: s}",
    ],
)
def test_a_grant_without_its_secret_says_so(tmp_path: Path, source: str) -> None:
    """Nothing is asked of the provider before the secrets are there."""
    gateway = GATEWAY.replace("password: {env: SUPPORT_PASSWORD}", f"token: {{{source}}}")
    login = server(load(write(tmp_path, gateway)).mailboxes[0].imap).login
    assert login is not None
    with pytest.raises(PermanentError, match="nowhere cannot be read"):
        login.secret()


def test_a_certificate_authority_is_found_beside_the_file(tmp_path: Path) -> None:
    """A relative path begins at the configuration."""
    settings = load(write(tmp_path, GATEWAY.replace("{host: smtp", "{ca_file: ca.pem, host: smtp")))
    assert server(settings.smtp).ca_file == str(tmp_path / "ca.pem")
