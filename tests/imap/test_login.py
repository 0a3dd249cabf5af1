"""Connecting and logging in: what is sent, what never is, and what a refusal becomes."""

import base64
from datetime import timedelta

import pytest

from mailgateway.accounts.server import Login, Mechanism, Server, Tls
from mailgateway.errors import LoginRefused, MailboxUnavailable, TokenUnavailable
from mailgateway.imap.session import Session
from tests.imap.scripted import server_at
from tests.servers.authority import authority
from tests.servers.dovecot import PASSWORD as DOVECOT_PASSWORD
from tests.servers.dovecot import Dovecot
from tests.servers.process import free_port
from tests.servers.scripted_imap import PASSWORD, Answer, Dialogue, ScriptedImap, bye, drop, hang, refuse

_NO_PLAIN = "IMAP4rev1"


def _secrets_sent(imap: ScriptedImap) -> bool:
    encoded = base64.b64encode(f"\0anna\0{PASSWORD}".encode()).decode()
    return any(PASSWORD in line or encoded in line for line in imap.received)


@pytest.mark.parametrize(("tls", "port"), [(Tls.NONE, "port"), (Tls.STARTTLS, "port"), (Tls.IMPLICIT, "tls_port")])
def test_every_kind_of_protection_reaches_the_real_server(
    dovecot: Dovecot, mailbox_user: str, tls: Tls, port: str
) -> None:
    """Without TLS, with STARTTLS and with implicit TLS a session opens on Dovecot."""
    login = Login(mailbox_user, lambda: DOVECOT_PASSWORD)
    server = Server("localhost", getattr(dovecot, port), tls, login, timedelta(seconds=20), dovecot.ca_file)
    with Session.open(server, "INBOX") as session:
        assert session.uidvalidity > 0


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
def test_an_untrusted_certificate_is_refused_before_anything_is_sent(tls: Tls) -> None:
    """A certificate signed by nobody we know ends the connection; the password stays here."""
    context = authority().server_context() if tls is Tls.IMPLICIT else None
    with ScriptedImap(tls=context, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN") as imap:
        with pytest.raises(MailboxUnavailable, match="certificate is not trusted"):
            Session.open(server_at(imap, tls=tls), "INBOX")
        assert not _secrets_sent(imap)


def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot, mailbox_user: str) -> None:
    """A trusted authority is not enough: the certificate must be for the host that was asked for."""
    login = Login(mailbox_user, lambda: DOVECOT_PASSWORD)
    server = Server("127.0.0.2", dovecot.tls_port, Tls.IMPLICIT, login, timedelta(seconds=5), dovecot.ca_file)
    with pytest.raises(MailboxUnavailable):
        Session.open(server, "INBOX")


def test_starttls_goes_on_under_tls() -> None:
    """After STARTTLS everything, the password first of all, goes over the protected connection."""
    with ScriptedImap(capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN") as imap:
        server = server_at(imap, tls=Tls.STARTTLS, ca_file=authority().ca_file)
        with Session.open(server, "INBOX"):
            assert _secrets_sent(imap)
        assert [line.split()[1] for line in imap.received[:2]] == ["CAPABILITY", "STARTTLS"]


@pytest.mark.parametrize("greeting", ["* OK ready", "* PREAUTH welcome, no need to protect anything"])
def test_starttls_is_never_silently_left_out(greeting: str) -> None:
    """Where STARTTLS is not to be had, nothing secret is sent, and a server that needs no login is not used either."""
    with ScriptedImap(greeting=greeting) as imap:
        with pytest.raises(MailboxUnavailable, match="STARTTLS"):
            Session.open(server_at(imap, tls=Tls.STARTTLS), "INBOX")
        assert not _secrets_sent(imap)
        assert imap.commands("SELECT") == []


def test_starttls_refused_is_an_error() -> None:
    """A server that announces STARTTLS and then says NO gets no password."""
    answers = {"STARTTLS": refuse("not now")}
    with ScriptedImap(capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN", answers=answers) as imap:
        with pytest.raises(MailboxUnavailable, match="STARTTLS"):
            Session.open(server_at(imap, tls=Tls.STARTTLS), "INBOX")
        assert not _secrets_sent(imap)


def test_lines_smuggled_in_before_tls_are_dropped() -> None:
    """What somebody in the middle adds to the answer to STARTTLS is not taken for the server's word."""

    def smuggle(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.send(f"{dialogue.tag} OK go on\r\n* CAPABILITY IMAP4rev1 IDLE\r\n".encode())
        dialogue.protect(authority().server_context())

    with ScriptedImap(capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN", answers={"STARTTLS": smuggle}) as imap:
        server = server_at(imap, tls=Tls.STARTTLS, ca_file=authority().ca_file)
        with Session.open(server, "INBOX") as session:
            assert not session.has_idle


def test_a_password_goes_by_authenticate_plain_where_the_server_has_it() -> None:
    """AUTHENTICATE PLAIN carries any letters; LOGIN is not used then."""
    with ScriptedImap() as imap, Session.open(server_at(imap), "INBOX"):
        assert imap.commands("AUTHENTICATE PLAIN")
        assert imap.commands("LOGIN") == []


def test_a_password_goes_by_login_otherwise() -> None:
    """Without AUTH=PLAIN it is LOGIN, user name and password quoted."""
    with ScriptedImap(capabilities=_NO_PLAIN) as imap, Session.open(server_at(imap), "INBOX"):
        assert imap.commands("LOGIN")[0].endswith(f'LOGIN "anna" "{PASSWORD}"')


@pytest.mark.parametrize("secret", ["zażółć", "a\r\nA1 DELETE INBOX"])
def test_what_login_cannot_carry_is_not_sent(secret: str) -> None:
    """LOGIN takes printable ASCII alone: nothing else is sent, least of all a line of somebody's making."""
    with ScriptedImap(capabilities=_NO_PLAIN) as imap:
        with pytest.raises(LoginRefused, match="must be ASCII"):
            Session.open(server_at(imap, secret=secret), "INBOX")
        assert imap.commands("LOGIN") == []


def test_a_server_that_wants_no_password_gets_none() -> None:
    """With LOGINDISABLED the password is not sent, and the message says what to set."""
    with ScriptedImap(capabilities="IMAP4rev1 LOGINDISABLED") as imap:
        with pytest.raises(LoginRefused, match="tls"):
            Session.open(server_at(imap), "INBOX")
        assert not _secrets_sent(imap)


def test_an_access_token_goes_by_xoauth2() -> None:
    """The SASL message is that of XOAUTH2."""
    with (
        ScriptedImap() as imap,
        Session.open(server_at(imap, mechanism=Mechanism.XOAUTH2, secret=PASSWORD), "INBOX"),
    ):
        assert imap.commands("AUTHENTICATE XOAUTH2")
        sent = base64.b64decode(imap.received[imap.received.index(imap.commands("AUTHENTICATE")[0]) + 1])
        assert sent == f"user=anna\1auth=Bearer {PASSWORD}\1\1".encode()


def test_a_refused_access_token_is_told_and_the_dialogue_ended_properly() -> None:
    """The server's second challenge is answered with an empty line, and the login hears that its token is no good."""
    refusals: list[str] = []

    def decline(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.line("+ ")
        dialogue.read()
        dialogue.line("+ " + base64.b64encode(b'{"status":"401"}').decode())
        dialogue.finish(f"NO [AUTHENTICATIONFAILED] got {dialogue.read()!r}")

    with ScriptedImap(answers={"AUTHENTICATE": decline}) as imap:
        login = Login("anna", lambda: "stale", Mechanism.XOAUTH2, lambda: refusals.append("told"))
        with pytest.raises(LoginRefused, match="got ''"):
            Session.open(Server(imap.host, imap.port, Tls.NONE, login, timedelta(seconds=5)), "INBOX")
    assert refusals == ["told"]


def test_a_wrong_password_is_refused(dovecot: Dovecot, mailbox_user: str) -> None:
    """The real server's NO is LoginRefused, with the server's words and the user's name."""
    login = Login(mailbox_user, lambda: "wrong")
    with pytest.raises(LoginRefused, match=f"{mailbox_user}.*AUTHENTICATIONFAILED"):
        Session.open(Server(dovecot.host, dovecot.port, Tls.NONE, login, timedelta(seconds=20)), "INBOX")


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN", _NO_PLAIN])
def test_a_server_that_cannot_check_the_password_has_not_refused_it(capabilities: str) -> None:
    """NO [UNAVAILABLE] is transient, and the login is not told of a refusal."""
    answers = {name: refuse("[UNAVAILABLE] directory is down") for name in ("LOGIN", "AUTHENTICATE")}
    with (
        ScriptedImap(capabilities=capabilities, answers=answers) as imap,
        pytest.raises(MailboxUnavailable, match="directory is down"),
    ):
        Session.open(server_at(imap), "INBOX")


@pytest.mark.parametrize("status", ["NO", "BAD"])
def test_a_server_that_quotes_the_password_is_not_repeated(status: str) -> None:
    """A refusal that quotes the command reaches the log without the password."""
    answers = {"LOGIN": refuse(f"what is {PASSWORD}?", status)}
    with ScriptedImap(capabilities=_NO_PLAIN, answers=answers) as imap, pytest.raises(LoginRefused) as caught:
        Session.open(server_at(imap), "INBOX")
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("fault", [hang, drop, bye("too many connections")])
@pytest.mark.parametrize("command", ["CAPABILITY", "AUTHENTICATE", "SELECT"])
def test_a_server_that_fails_while_opening_is_unavailable(fault: Answer, command: str) -> None:
    """Silence, an end of the connection and BYE at any step are MailboxUnavailable, at once or after the time-out."""
    with ScriptedImap(answers={command: fault}) as imap, pytest.raises(MailboxUnavailable):
        Session.open(server_at(imap, timeout=timedelta(seconds=0.2)), "INBOX")


@pytest.mark.parametrize("greeting", ["* BYE too many connections", "220 smtp.example.com ESMTP", ""])
def test_a_greeting_that_is_none_is_unavailable(greeting: str) -> None:
    """BYE as a greeting, or another protocol behind the port, is MailboxUnavailable."""
    with ScriptedImap(greeting=greeting) as imap, pytest.raises(MailboxUnavailable):
        Session.open(server_at(imap), "INBOX")


def test_a_server_that_is_not_there_is_unavailable() -> None:
    """A refused connection is MailboxUnavailable and says where."""
    server = Server("127.0.0.1", free_port(), Tls.NONE, None, timedelta(seconds=1))
    with pytest.raises(MailboxUnavailable, match=str(server.port)):
        Session.open(server, "INBOX")


def test_trouble_with_the_secret_passes_through() -> None:
    """An access token that cannot be had is its own error, and the connection is closed."""

    def secret() -> str:
        raise TokenUnavailable("out of order")

    with ScriptedImap() as imap:
        login = Login("anna", secret, Mechanism.XOAUTH2)
        with pytest.raises(TokenUnavailable):
            Session.open(Server(imap.host, imap.port, Tls.NONE, login, timedelta(seconds=5)), "INBOX")
