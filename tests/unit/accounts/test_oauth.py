"""Where access tokens come from, asked over a real HTTP connection and from real programs."""

import sys
from datetime import timedelta

import pytest

from mailgateway.accounts.oauth import ClientCredentials, CommandToken, RefreshToken
from mailgateway.accounts.token_endpoint import ask
from mailgateway.errors import LoginRefused, PermanentError, TokenUnavailable
from tests.servers.authority import authority
from tests.servers.process import free_port
from tests.servers.scripted_imap import ScriptedImap
from tests.servers.token_endpoint import TokenEndpoint

_SECOND = timedelta(seconds=1)


def _refresh(url: str, **more: object) -> RefreshToken:
    return RefreshToken(url, "me", "client-hush", "refresh-hush", "imap", **more)  # type: ignore[arg-type]  # keywords


def _python(program: str, timeout: timedelta = timedelta(seconds=20)) -> CommandToken:
    return CommandToken([sys.executable, "-c", program], timeout=timeout)


def test_a_refresh_token_gives_an_access_token() -> None:
    """The form is RFC 6749's, and the answer's token and lifetime are the grant."""
    with TokenEndpoint((200, {"access_token": "abc", "expires_in": 3599})) as endpoint:
        grant = _refresh(endpoint.url).obtain()
    assert (grant.token, grant.lifetime) == ("abc", timedelta(seconds=3599))
    assert endpoint.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-hush",
            "client_id": "me",
            "client_secret": "client-hush",
            "scope": "imap",
        }
    ]


def test_a_public_client_sends_no_secret_and_no_empty_scope() -> None:
    """Fields without a value are not sent."""
    with TokenEndpoint((200, {"access_token": "abc"})) as endpoint:
        assert RefreshToken(endpoint.url, "me", None, "r").obtain().lifetime is None
    assert set(endpoint.forms[0]) == {"grant_type", "refresh_token", "client_id"}


def test_a_rotated_refresh_token_is_used_and_handed_on() -> None:
    """The new refresh token is told once, and is the one sent from then on."""
    told: list[str] = []
    with TokenEndpoint(
        (200, {"access_token": "a", "refresh_token": "second"}), (200, {"access_token": "b"})
    ) as endpoint:
        source = _refresh(endpoint.url, rotated=told.append)
        assert [source.obtain().token, source.obtain().token] == ["a", "b"]
    assert told == ["second"]
    assert [form["refresh_token"] for form in endpoint.forms] == ["refresh-hush", "second"]


def test_a_refresh_token_that_stays_is_not_handed_on() -> None:
    """A provider that repeats the old refresh token has not rotated it."""
    told: list[str] = []
    with TokenEndpoint((200, {"access_token": "a", "refresh_token": "refresh-hush"})) as endpoint:
        _refresh(endpoint.url, rotated=told.append).obtain()
    assert told == []


def test_client_credentials_give_an_access_token() -> None:
    """The form is that of RFC 6749 section 4.4; lifetimes written as text count too."""
    with TokenEndpoint((200, {"access_token": "abc", "expires_in": "60"})) as endpoint:
        grant = ClientCredentials(endpoint.url, "me", "hush", "imap").obtain()
    assert (grant.token, grant.lifetime) == ("abc", timedelta(seconds=60))
    assert endpoint.forms[0]["grant_type"] == "client_credentials"


def test_a_refusal_names_the_providers_code_and_no_secret() -> None:
    """A 4xx is LoginRefused with the error code and Microsoft's number, without the words, which may quote secrets."""
    refusal = {
        "error": "invalid_grant",
        "error_description": "the token refresh-hush of client-hush is expired",
        "error_codes": [700082],
    }
    with TokenEndpoint((400, refusal)) as endpoint, pytest.raises(LoginRefused) as caught:
        _refresh(endpoint.url).obtain()
    assert str(caught.value) == "token endpoint 127.0.0.1 refuses: invalid_grant 700082"


@pytest.mark.parametrize(
    "answer", [b"<html>no</html>", b"[]", {"error": "client-hush"}, {"error": "a b\r\nc"}, b"[" * 60_000]
)
def test_a_refusal_without_a_proper_code_names_the_status(answer: dict[str, object] | bytes) -> None:
    """What is no error code, or is a secret come back, is not repeated."""
    with TokenEndpoint((401, answer)) as endpoint, pytest.raises(LoginRefused, match=r"refuses: 401$"):
        _refresh(endpoint.url).obtain()


@pytest.mark.parametrize("status", [500, 503, 429, 408, 302])
def test_an_endpoint_out_of_order_is_no_refusal(status: int) -> None:
    """5xx, too many requests and redirections are TokenUnavailable: it may work later."""
    with TokenEndpoint((status, {"error": "x"})) as endpoint, pytest.raises(TokenUnavailable, match=str(status)):
        _refresh(endpoint.url).obtain()


@pytest.mark.parametrize(
    "answer", [b"", b"{}", {"access_token": ""}, {"access_token": "a\1b"}, {"access_token": 5}, b"x" * 1_000_000]
)
def test_an_answer_without_a_token_is_no_grant(answer: dict[str, object] | bytes) -> None:
    """A 200 that holds no proper access token is TokenUnavailable, however long it is."""
    with TokenEndpoint((200, answer)) as endpoint, pytest.raises(TokenUnavailable, match="no access token"):
        _refresh(endpoint.url).obtain()


@pytest.mark.parametrize("told", [-1, 1.5, "soon", None, True, "9" * 50])
def test_a_lifetime_that_makes_no_sense_is_unknown(told: object) -> None:
    """Only whole seconds count as a lifetime."""
    with TokenEndpoint((200, {"access_token": "abc", "expires_in": told})) as endpoint:
        assert _refresh(endpoint.url).obtain().lifetime is None


def test_an_endpoint_that_does_not_answer_times_out() -> None:
    """A hanging endpoint is TokenUnavailable after the time-out."""
    with TokenEndpoint((200, {})) as endpoint:
        endpoint.hang_until.clear()
        with pytest.raises(TokenUnavailable, match="Timeout"):
            _refresh(endpoint.url, timeout=timedelta(seconds=0.2)).obtain()


def test_an_endpoint_that_is_not_there_is_unavailable() -> None:
    """A refused connection is TokenUnavailable, and says where."""
    with pytest.raises(TokenUnavailable, match=r"127\.0\.0\.1"):
        _refresh(f"http://127.0.0.1:{free_port()}/").obtain()


def test_an_endpoint_with_an_untrusted_certificate_gets_no_secret() -> None:
    """A certificate signed by nobody the system trusts ends the connection before the form is sent."""
    with TokenEndpoint((200, {"access_token": "abc"}), tls=authority().server_context()) as endpoint:
        with pytest.raises(TokenUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            _refresh(endpoint.url).obtain()
        assert endpoint.forms == []


def test_an_endpoint_that_speaks_no_http_is_unavailable() -> None:
    """Another protocol behind the port is TokenUnavailable, and what it said is not repeated."""
    with ScriptedImap(greeting="What?\r\n") as imap, pytest.raises(TokenUnavailable, match=r"RemoteProtocolError$"):
        _refresh(f"http://127.0.0.1:{imap.port}/").obtain()


@pytest.mark.parametrize("url", ["http://login.example.com/token", "ftp://x/", "token", "https://", "http://[::1", ""])
def test_secrets_go_nowhere_but_over_https(url: str) -> None:
    """An address that is not https (loopback excepted) is a permanent error before anything is sent."""
    with pytest.raises(PermanentError, match="token_url"):
        ask(url, {"client_secret": "hush"}, _SECOND)


def test_a_command_gives_what_it_prints() -> None:
    """White space around the token goes, what the program says on standard error is nobody's business."""
    grant = _python("import sys; print('  abc\\n'); print('noise', file=sys.stderr)").obtain()
    assert (grant.token, grant.lifetime) == ("abc", None)


def test_a_command_is_no_shell_line() -> None:
    """Arguments reach the program as they are."""
    assert CommandToken([sys.executable, "-c", "import sys; print(len(sys.argv[1]))", "$(id); x"]).obtain().token == "8"


@pytest.mark.parametrize("program", ["", "print('two words')", "import sys; sys.exit('abc')", "print('abc'); exit(3)"])
def test_a_command_that_fails_is_unavailable(program: str) -> None:
    """No output, something else than a token, and an exit code are TokenUnavailable."""
    with pytest.raises(TokenUnavailable):
        _python(program).obtain()


def test_a_command_that_hangs_is_ended_with_its_children() -> None:
    """After the time-out the program and what it started are killed, and nobody waits for them."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    with pytest.raises(TokenUnavailable, match="no token within"):
        _python(program, timeout=timedelta(seconds=0.5)).obtain()


def test_a_command_that_is_not_there_is_a_permanent_error() -> None:
    """A program that cannot be started is named."""
    with pytest.raises(PermanentError, match="/nowhere/token"):
        CommandToken(["/nowhere/token"]).obtain()
