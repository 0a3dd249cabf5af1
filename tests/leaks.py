"""A plugin of the suite: no secret that a test uses may stand in what that test printed or logged.

The values are noted where the gateway itself reads them (passwords, tokens, DKIM keys, webhook secrets, keys of reply
addresses), so that a new kind of secret is watched without anybody thinking of it; those that another process reads are
given to `noted`. What pytest captured is looked at after each test, and what helpers give to `overheard`: outputs of
commands and of daemons of their own.
"""

import base64
from collections.abc import Generator

import pytest

from mailgateway.config import secret
from mailgateway.store import keys
from mailgateway.store.engine import Transaction

_SHORTEST = 10
"""A shorter value may be a word that stands there for another reason."""


class _Watch:
    """The secrets of the test that runs, in every form that they may be written in, and what was overheard."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.heard: list[str] = []

    def note(self, value: str | bytes) -> None:
        """Remember a secret."""
        raw = value.encode() if isinstance(value, str) else value
        if len(raw) < _SHORTEST:
            return
        forms = {raw.hex(), base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), repr(raw)[2:-1]}
        if isinstance(value, str):
            # of a key of many lines each would be enough
            forms |= {line for line in value.splitlines() if len(line) >= _SHORTEST and not line.startswith("-----")}
        self.secrets |= forms

    def leak(self, text: str) -> bool:
        """Tell whether a text shows a secret."""
        return any(one in text for one in self.secrets)

    def forget(self) -> None:
        """Begin anew."""
        self.secrets.clear()
        self.heard.clear()


_watch = _Watch()
_patch = pytest.MonkeyPatch()


def noted(value: str) -> str:
    """Have a secret watched for that is read in another process; return it."""
    _watch.note(value)
    return value


def overheard(text: str) -> str:
    """Have what a command or a daemon wrote looked at after the test; return it."""
    _watch.heard.append(text)
    return text


def pytest_sessionstart() -> None:
    """Note each secret where it is read, from now on."""
    read, reply_keys, rotate = secret.Secret.read, keys.reply_keys, keys.rotate

    def noted_read(self: secret.Secret) -> str:
        value = read(self)
        _watch.note(value)
        return value

    def noted_keys(tx: Transaction, fresh: bytes) -> tuple[bytes, ...]:
        return _all_noted(reply_keys(tx, fresh))

    def noted_rotation(tx: Transaction, fresh: bytes) -> tuple[bytes, ...]:
        return _all_noted(rotate(tx, fresh))

    _patch.setattr(secret.Secret, "read", noted_read)
    _patch.setattr(keys, "reply_keys", noted_keys)
    _patch.setattr(keys, "rotate", noted_rotation)


def pytest_sessionfinish() -> None:
    """Leave everything as it was."""
    _patch.undo()


def _all_noted(found: tuple[bytes, ...]) -> tuple[bytes, ...]:
    for key in found:
        _watch.note(key)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test, at its end, that printed or logged a secret."""
    report = yield
    if call.when == "teardown":
        shown = [title for title, text in report.sections if _watch.leak(text)]
        shown += ["what a command or daemon wrote"] if any(map(_watch.leak, _watch.heard)) else []
        if shown and report.passed:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: a secret stands in {', '.join(shown)}"
        _watch.forget()
    return report
