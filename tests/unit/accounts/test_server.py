"""A mail server as settings."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from mailgateway.accounts.server import Login, Server, Tls, ssl_context
from mailgateway.errors import PermanentError
from tests.servers.authority import authority


def _server(ca_file: str | None = None) -> Server:
    return Server("imap.example.com", 993, Tls.IMPLICIT, Login("anna", lambda: "hush"), timedelta(seconds=5), ca_file)


def test_certificates_and_names_are_verified() -> None:
    """The context checks the certificate and the host name, and speaks no TLS before 1.2."""
    context = ssl_context(_server())
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_authority_of_our_own_replaces_those_of_the_system() -> None:
    """With `ca_file` that authority alone is trusted."""
    assert len(ssl_context(_server(authority().ca_file)).get_ca_certs()) == 1


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    """A missing or broken `ca_file` is a permanent error that says which file."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(PermanentError, match=r"ca\.pem"):
        ssl_context(_server(str(path)))


def test_no_secret_is_shown() -> None:
    """What is printed of a server holds nothing that leads to the secret."""
    assert "secret" not in repr(_server())
    assert str(_server()) == "imap.example.com:993"
