"""The access token that is good now."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.accounts.access_token import AccessToken, Grant, is_token
from mailgateway.errors import TokenUnavailable

_START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class _Counting:
    """A source that numbers its tokens, and a clock that tests turn."""

    def __init__(self, lifetime: timedelta | None) -> None:
        self.given = 0
        self.time = _START
        self.broken = False
        self._lifetime = lifetime

    def obtain(self) -> Grant:
        if self.broken:
            raise TokenUnavailable("out of order")
        self.given += 1
        return Grant(f"token-{self.given}", self._lifetime)

    def now(self) -> datetime:
        return self.time


def test_a_token_is_used_until_shortly_before_it_expires() -> None:
    """An hour's token is asked for once, and again five minutes before its end."""
    source = _Counting(timedelta(hours=1))
    token = AccessToken(source, source.now)
    assert token() == "token-1"
    source.time = _START + timedelta(minutes=54)
    assert token() == "token-1"
    source.time = _START + timedelta(minutes=55)
    assert token() == "token-2"


def test_a_token_that_does_not_tell_its_life_is_used_for_a_minute() -> None:
    """Without a lifetime a token serves the connections opened together, no longer."""
    source = _Counting(None)
    token = AccessToken(source, source.now)
    assert [token(), token()] == ["token-1", "token-1"]
    source.time = _START + timedelta(minutes=1)
    assert token() == "token-2"


def test_a_refused_token_is_not_used_again() -> None:
    """After `drop` the next call asks for a new token, however long the old one is good."""
    source = _Counting(timedelta(hours=1))
    token = AccessToken(source, source.now)
    token()
    token.drop()
    assert token() == "token-2"


def test_a_failed_renewal_is_tried_again_at_the_next_call() -> None:
    """An error passes through and spoils nothing."""
    source = _Counting(timedelta(hours=1))
    token = AccessToken(source, source.now)
    source.broken = True
    with pytest.raises(TokenUnavailable):
        token()
    source.broken = False
    assert token() == "token-1"


def test_many_threads_share_one_token() -> None:
    """Threads that need a token at the same time get the same one, asked for once."""
    source = _Counting(timedelta(hours=1))
    token = AccessToken(source, source.now)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: token(), range(64))) == {"token-1"}
    assert source.given == 1


@given(st.integers(0, 10**8).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_token_is_never_used_after_its_end(lifetime: timedelta) -> None:
    """Whatever the lifetime, at its end a new token is asked for."""
    source = _Counting(lifetime)
    token = AccessToken(source, source.now)
    token()
    source.time = _START + lifetime
    assert token() == "token-2"


@pytest.mark.parametrize("text", ["", "a b", "a\1b", "a\nb", "ą", "x" * 20_000])
def test_what_could_break_out_of_the_log_in_is_no_token(text: str) -> None:
    """Only the letters of RFC 6750 make a token."""
    assert not is_token(text)
    assert is_token("ya29.a0Af_B-yC~+/==")


def test_no_token_is_shown() -> None:
    """What is printed of a grant does not hold the token."""
    assert "token-1" not in repr(Grant("token-1"))
