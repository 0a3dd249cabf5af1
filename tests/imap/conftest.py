"""What the tests of the IMAP edge share."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mailgateway.accounts.server import Login, Server, Tls
from tests.servers.dovecot import PASSWORD, Dovecot


@pytest.fixture
def account(dovecot: Dovecot, mailbox_user: str) -> Server:
    """Give an account of its own on the real server, reached without TLS."""
    return Server(dovecot.host, dovecot.port, Tls.NONE, Login(mailbox_user, lambda: PASSWORD), timedelta(seconds=20))


@pytest.fixture
def deliver(dovecot: Dovecot, mailbox_user: str) -> Callable[..., None]:
    """Give a function that puts mails with these subjects into the account's INBOX."""

    def put(*subjects: str) -> None:
        for subject in subjects:
            dovecot.append(mailbox_user, f"Subject: {subject}\r\n\r\nText of {subject}.\r\n".encode())

    return put
