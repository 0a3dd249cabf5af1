"""The composition root: what a reload changes, what it leaves, and what the admin is told of it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgateway.app import Gateway, open_gateway
from mailgateway.config.watch import fingerprint
from mailgateway.errors import ConfigError, StoreBusy, StoreUnusable
from mailgateway.flows.kept_tokens import KeptTokens
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import OutboxLine
from tests.cli.shell import Shell
from tests.servers.dovecot import PASSWORD
from tests.servers.token_endpoint import TokenEndpoint


@pytest.fixture
def gateway(shell: Shell) -> Iterator[Gateway]:
    """Give an open gateway."""
    opened = open_gateway(shell.configuration)
    yield opened
    opened.close()


def _told(gateway: Gateway) -> tuple[OutboxLine, ...]:
    with gateway.store.reading() as tx:
        return outbox.listed(tx, everything=True, limit=0)


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_sqlite_database_is_made_and_its_keys_stay(shell: Shell, gateway: Gateway) -> None:
    """The first start makes tables and a reply key; every later one uses the same."""
    keys = gateway.desk.policy().reply_keys
    again = open_gateway(shell.configuration)
    assert again.desk.policy().reply_keys == keys
    assert len(keys[0]) == 32
    again.close()


def test_a_wrong_configuration_does_not_open(shell: Shell) -> None:
    """A gateway opens on a right configuration and a usable store, or not at all."""
    _change(shell.configuration, "admin:", "amdin:")
    with pytest.raises(ConfigError):
        open_gateway(shell.configuration)
    shell.configure(database=f"sqlite:///{shell.folder}/password/desk.db")
    with pytest.raises(StoreUnusable):
        open_gateway(shell.configuration)


def test_a_reload_takes_effect_between_two_mails(shell: Shell, gateway: Gateway) -> None:
    """Policy, rules and mailboxes are those of the files after a reload, in one step."""
    before = gateway.desk.policy()
    _change(shell.folder / "routing.yaml", "printer}", "plotter}")
    _change(shell.folder / "groups.yaml", "name: anna,", "name: anna, aliases: [a@home.example],")
    gateway.reload()
    after = gateway.desk.policy()
    assert after is gateway.desk.policy()
    assert before.directory.agent_at("a@home.example") is None
    assert after.directory.agent_at("a@home.example") is not None
    assert _told(gateway) == ()


def test_a_mailbox_that_did_not_change_keeps_its_worker(shell: Shell, gateway: Gateway) -> None:
    """After a reload the posts of unchanged mailboxes are equal to the earlier ones; a changed one is not."""
    before = gateway.posts()
    _change(shell.folder / "groups.yaml", "Service desk", "First line")
    gateway.reload()
    assert gateway.posts() == before
    _change(shell.configuration, "size_limit: 100KB", "size_limit: 200KB")
    gateway.reload()
    assert gateway.posts() != before
    assert gateway.posts()[0].server is before[0].server


def test_a_wrong_change_leaves_the_last_good_one_in_force_and_is_told_once(shell: Shell, gateway: Gateway) -> None:
    """The admin gets one mail for each distinct wrong state, with every finding; mail goes on as before."""
    before = gateway.desk.policy()
    _change(shell.folder / "routing.yaml", "group: hardware", "group: hardwear")
    gateway.reload()
    gateway.reload()
    assert gateway.desk.policy() is before
    (alarm,) = _told(gateway)
    assert (alarm.template, alarm.to) == ("alarm", "postmaster@example.com")
    _change(shell.folder / "routing.yaml", "contains: lottery", "contans: lottery")
    gateway.reload()
    assert len(_told(gateway)) == 2
    _change(shell.folder / "routing.yaml", "group: hardwear", "group: hardware")
    _change(shell.folder / "routing.yaml", "contans: lottery", "contains: lottery")
    gateway.reload()
    assert gateway.desk.policy() is not before
    assert len(_told(gateway)) == 2


def test_what_needs_a_restart_is_told(shell: Shell, gateway: Gateway) -> None:
    """The database stays what it is until the daemon is started anew, and the admin is told so."""
    _change(shell.configuration, "desk.db", "other.db")
    gateway.reload()
    assert not (shell.folder / "other.db").exists()
    assert [line.template for line in _told(gateway)] == ["alarm"]


def test_changed_files_are_noticed_when_they_have_settled(
    shell: Shell, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change asks for a reload at the second look at which the files are the same, and once they are read no more."""
    asked: list[int] = []
    monkeypatch.setattr("mailgateway.app.os.kill", lambda _pid, number: asked.append(number))
    gateway._look_for_changes()
    _change(shell.folder / "groups.yaml", "Service desk", "First line")
    gateway._look_for_changes()
    assert asked == []
    gateway._look_for_changes()
    assert asked == [signal.SIGHUP]
    gateway.reload()
    gateway._look_for_changes()
    gateway._look_for_changes()
    assert asked == [signal.SIGHUP]
    _change(shell.folder / "groups.yaml", "First line", "")
    shell.configuration.unlink()
    gateway._look_for_changes()
    gateway._look_for_changes()
    gateway.reload()
    gateway._look_for_changes()
    gateway._look_for_changes()
    assert asked == [signal.SIGHUP] * 2
    assert fingerprint(gateway.settings)[0][1] == -1


def test_broken_templates_are_told_when_they_are_changed(shell: Shell, gateway: Gateway) -> None:
    """A wrong template keeps nothing from being sent, as the shipped one is there, and the admin is told of it."""
    own = shell.folder / "own" / "en"
    own.mkdir(parents=True)
    (own / "reply.txt").write_text("{{ nothing_of_that_name }}")
    _change(shell.configuration, "files: {", "files: {templates: own, ")
    gateway.reload()
    gateway.reload()
    assert [line.template for line in _told(gateway)] == ["alarm"]
    assert gateway.settings.templates is not None


def _secret(gateway: Gateway) -> str:
    login = gateway.posts()[0].server.login
    assert login is not None
    return login.secret()


def _with_grant(shell: Shell, endpoint: TokenEndpoint) -> None:
    grant = f"token: {{refresh: {{token_url: '{endpoint.url}', client_id: desk, refresh_token: {{file: password}}}}}}"
    _change(shell.configuration, "password: {file: password}", grant)


def test_a_new_refresh_token_is_kept_over_restarts(shell: Shell) -> None:
    """A token that came in place of the configured one is used by the next process, until another is configured."""
    new = {"access_token": "access", "expires_in": 0, "refresh_token": "second"}
    with TokenEndpoint((200, new), (200, {"access_token": "access"})) as endpoint:
        _with_grant(shell, endpoint)
        for _ in range(2):
            gateway = open_gateway(shell.configuration)
            assert _secret(gateway) == "access"
            gateway.close()
        (shell.folder / "password").write_text("fresh")
        gateway = open_gateway(shell.configuration)
        _secret(gateway)
        gateway.close()
    assert [form["refresh_token"] for form in endpoint.forms] == [PASSWORD, "second", "fresh"]


def test_a_refresh_token_that_could_not_be_kept_is_not_lost(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database is busy the new token is kept before anything else is asked of the provider."""
    new = {"access_token": "access", "expires_in": 0, "refresh_token": "second"}
    with TokenEndpoint((200, new), (200, {"access_token": "later"})) as endpoint:
        _with_grant(shell, endpoint)
        gateway = open_gateway(shell.configuration)
        with monkeypatch.context() as patch:
            patch.setattr(KeptTokens, "keep", _busy)
            with pytest.raises(StoreBusy):
                _secret(gateway)
            with pytest.raises(StoreBusy):
                _secret(gateway)
        assert _secret(gateway) == "later"
        gateway.close()
    assert [form["refresh_token"] for form in endpoint.forms] == [PASSWORD, "second"]


def _busy(*_: object) -> None:
    raise StoreBusy("the database: locked")
