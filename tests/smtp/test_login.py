"""TLS and login, when sending and when only probing."""

from dataclasses import replace

import pytest

from mailgateway.accounts.server import Login, Mechanism, Tls
from mailgateway.errors import LoginRefused, PermanentError, SmtpUnavailable
from mailgateway.smtp.probe import probe
from mailgateway.smtp.relay import Relay
from tests.servers.sink import Sink
from tests.smtp.post import HELO, SENT, NewPost, letter, server_of


@pytest.mark.parametrize("mechanisms", [("PLAIN",), ("LOGIN",), ("PLAIN", "LOGIN", "XOAUTH2")])
def test_a_password_logs_in(new_post: NewPost, mechanisms: tuple[str, ...]) -> None:
    """A password is given by whatever mechanism the server has, once a connection."""
    with Sink(users={"support": "sécret"}, mechanisms=mechanisms) as sink:
        post = new_post(server_of(sink, Login("support", lambda: "sécret")))
        assert post.send(letter(), letter()) == [SENT, SENT]
        assert [mail.login for mail in sink.received] == ["support"] * 2
        assert sink.commands.count("AUTH") == 1


def test_a_token_logs_in(new_post: NewPost) -> None:
    """An access token is given by XOAUTH2, long ones included."""
    token = "t" * 3000
    with Sink(users={"support": token}, tls="implicit") as sink:
        login = Login("support", lambda: token, Mechanism.XOAUTH2)
        assert new_post(server_of(sink, login, Tls.IMPLICIT)).send(letter()) == [SENT]


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_a_wrong_secret_is_refused_once(new_post: NewPost, mechanism: Mechanism) -> None:
    """The login hears of the refusal, the server is asked once, and the error holds no secret."""
    refusals: list[str] = []
    with Sink(users={"support": "right"}) as sink:
        login = Login("support", lambda: "wr0ng", mechanism, lambda: refusals.append("no"))
        post = new_post(server_of(sink, login))
        sink.answer("AUTH", "535 5.7.8 No such login: wr0ng")
        with pytest.raises(LoginRefused, match="login of support refused: 535") as error:
            post.send(letter(), letter())
        assert "wr0ng" not in str(error.value)
        with pytest.raises(LoginRefused, match="credentials invalid"):
            post.send(letter())
        assert sink.commands.count("AUTH") == 2
    assert refusals == ["no", "no"]
    assert post.outcomes == {}


def test_a_login_that_cannot_be_checked_now_is_tried_later(new_post: NewPost) -> None:
    """454 is the server's trouble and not the secret's: nobody is alarmed about a wrong password."""
    with Sink(users={"support": "secret"}) as sink:
        sink.answer("AUTH", "454 4.7.0 Temporary failure")
        post = new_post(server_of(sink, Login("support", lambda: "secret", refused=pytest.fail)))
        with pytest.raises(SmtpUnavailable, match="454"):
            post.send(letter())


def test_a_server_without_the_mechanism_is_named(new_post: NewPost) -> None:
    """A token is never tried as a password: the error says what the server offers instead."""
    with Sink(users={"support": "secret"}, mechanisms=("LOGIN", "PLAIN")) as sink:
        post = new_post(server_of(sink, Login("support", lambda: "secret", Mechanism.XOAUTH2)))
        with pytest.raises(LoginRefused, match="no login by xoauth2 here, but login, plain"):
            post.send(letter())
        assert "AUTH" not in sink.commands


def test_a_login_that_the_server_wants_blames_no_letter(new_post: NewPost) -> None:
    """Where we have no login and the server wants one, that is a matter of settings and not of each letter."""
    with Sink(users={"support": "secret"}) as sink:
        post = new_post(server_of(sink))
        with pytest.raises(LoginRefused, match=r"530 .* Authentication required"):
            post.send(letter(), letter())
        assert post.outcomes == {}
        assert sink.connections == 1


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
def test_tls_protects_the_letter(new_post: NewPost, tls: Tls) -> None:
    """With implicit TLS and after STARTTLS the letter goes out over a verified connection."""
    with Sink(tls=tls.value, users={"support": "secret"}) as sink:
        post = new_post(server_of(sink, Login("support", lambda: "secret"), tls), connections=2)
        assert post.send(*[letter()] * 10) == [SENT] * 10
        assert all(mail.tls and mail.login == "support" for mail in sink.received)


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.1"])
def test_an_untrusted_server_gets_nothing(new_post: NewPost, tls: Tls, host: str) -> None:
    """A certificate of an unknown authority, or for another name, ends the connection before anything is said."""
    with Sink(tls=tls.value) as sink:
        trusted = None if host == sink.host else sink.ca_file
        post = new_post(replace(server_of(sink, tls=tls), ca_file=trusted, host=host))
        with pytest.raises(SmtpUnavailable, match="certificate is not trusted"):
            post.send(letter())
        assert "MAIL" not in sink.commands


def test_starttls_is_never_done_without(sink: Sink, new_post: NewPost) -> None:
    """A server, or somebody in between, that does not offer STARTTLS gets neither login nor letter."""
    login = Login("support", lambda: "secret")
    with pytest.raises(SmtpUnavailable, match="STARTTLS"):
        new_post(server_of(sink, login, Tls.STARTTLS)).send(letter())
    assert sink.commands == ["EHLO"]


def test_a_wrong_ca_file_is_named(sink: Sink, new_post: NewPost) -> None:
    """A file of authorities that is not there is a fault of the settings."""
    server = replace(server_of(sink, tls=Tls.IMPLICIT), ca_file="/nowhere.pem")
    with pytest.raises(PermanentError, match="/nowhere"):
        new_post(server).send(letter())


def test_a_probe_says_what_it_found() -> None:
    """The probe connects, protects, logs in, and names the server's abilities, without sending anything."""
    with Sink(tls="starttls", users={"support": "secret"}, size_limit=5_000_000) as sink:
        found = probe(Relay(server_of(sink, Login("support", lambda: "secret"), Tls.STARTTLS), 1, HELO))
        abilities = "SIZE 5000000, 8BITMIME, SMTPUTF8" + (", PIPELINING" if sink.pipelines else "")
        assert found == f"sink.test, TLSv1.3, logged in as support, {abilities}"
        assert "MAIL" not in sink.commands


def test_a_probe_says_what_is_wrong(sink: Sink) -> None:
    """The probe fails with the same errors as sending does."""
    sink.stop()
    with pytest.raises(SmtpUnavailable, match="connection refused"):
        probe(Relay(server_of(sink), 1, HELO))
