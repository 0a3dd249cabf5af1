"""Certificates are verified unless the configuration says that there is no TLS at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.office import Office, message
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink, Tls

WAYS: tuple[Tls, ...] = ("implicit", "starttls")


@pytest.fixture(params=WAYS)
def tls(request: pytest.FixtureRequest) -> Tls:
    """Give each way to protect a connection in turn."""
    way: Tls = request.param
    return way


@pytest.fixture
def protected(tls: Tls, tmp_path: Path, dovecot: Dovecot, mailbox_user: str) -> Iterator[Office]:
    """Give a desk that reaches both its servers under TLS, and trusts what the system trusts."""
    with Sink(tls=tls) as sink:
        office = Office(tmp_path, dovecot, sink, mailbox_user, f"sqlite:///{tmp_path}/office.db")
        imap_port = dovecot.tls_port if tls == "implicit" else dovecot.port
        office.reconfigure(f"port: {dovecot.port}, tls: none", f"port: {imap_port}, tls: {tls}")
        office.reconfigure(f"port: {sink.port}, tls: none", f"port: {sink.port}, tls: {tls}")
        yield office
        office.close()


def test_an_untrusted_certificate_is_refused_on_both_sides(protected: Office) -> None:
    """Nobody logs in and nothing is sent; the reason is said for each server."""
    protected.write(message("carla@customer.example", "Question", "Why?"))
    problems = protected.gateway.run_once(lambda: False)
    assert any(problem.startswith("mailbox support") and "not trusted" in problem for problem in problems)
    assert protected.numbers() == []
    protected.reconfigure("imap: {", f"imap: {{ca_file: {protected.dovecot.ca_file}, ")
    (problem,) = protected.gateway.run_once(lambda: False)
    assert problem.startswith("sending")
    assert "not trusted" in problem
    assert len(protected.numbers()) == 1
    assert protected.sink.received == []


def test_a_certificate_trusted_by_its_file_works_on_both_sides(protected: Office) -> None:
    """With `ca_file` mail is fetched and sent under TLS."""
    for part in ("imap", "smtp"):
        protected.reconfigure(f"{part}: {{", f"{part}: {{ca_file: {protected.dovecot.ca_file}, ")
    protected.write(message("carla@customer.example", "Question", "Why?"))
    assert len(protected.round()) == 2
    assert all(one.tls for one in protected.sink.received)
