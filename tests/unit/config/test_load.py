"""A configuration that is right, as the program gets it."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailgateway import __version__
from mailgateway.accounts.object_store import ObjectStore
from mailgateway.config.load import load
from mailgateway.config.policy import policy
from mailgateway.config.reading.kinds import Settle
from mailgateway.config.secret import Secret
from mailgateway.config.watch import fingerprint
from mailgateway.desk.letters.loop_limits import LoopLimits
from mailgateway.desk.letters.route import Route
from mailgateway.desk.model import Priority, TicketType
from mailgateway.desk.policy import AgentEvidence, Defaults
from mailgateway.errors import ConfigError
from mailgateway.mail.limits import DEFAULT, Limits
from tests.unit.config.examples import GATEWAY, GROUPS, write


def test_what_is_left_out_is_safe(tmp_path: Path) -> None:
    """Mail is left on the server, TLS is on, agents need evidence, machines have a limit."""
    settings = load(write(tmp_path))
    mailbox = settings.mailboxes[0]
    assert (mailbox.imap.tls, settings.smtp.tls) == ("implicit", "starttls")
    assert mailbox.imap.folder == "INBOX"
    assert mailbox.imap.poll == timedelta(seconds=60)
    assert mailbox.settle.processed == Settle("flag", "\\Seen")
    assert mailbox.settle.quarantined == Settle("flag", "\\Flagged")
    assert mailbox.size_limit == 50_000_000
    assert settings.smtp.retry_for == timedelta(hours=72)
    assert settings.alarms.fetch_after == timedelta(minutes=15)
    assert settings.agents.evidence is AgentEvidence.TOKEN_OR_DMARC
    assert settings.templates is None
    assert settings.warnings == ()


def test_every_key_of_the_contract_is_taken(tmp_path: Path) -> None:
    """What was promised to admins is accepted as it was written."""
    gateway = """\
domain: example.com
database: sqlite:////var/lib/mailgateway/mailgateway.db
blobs: file:///var/lib/mailgateway/blobs
admin: postmaster@example.com
mailboxes:
  - name: support
    address: support@example.com
    aliases: [help@example.com]
    imap: {host: imap.example.com, port: 993, tls: implicit, username: support,
           password: {env: SUPPORT_PASSWORD}, folder: INBOX}
    settle: {processed: "move:Processed", quarantined: delete}
    default: {group: first-line, type: request, priority: high, language: pl}
smtp: {host: smtp.example.com, port: 587, tls: starttls, username: x, password: {credential: smtp}, connections: 8}
limits: {about_one_ticket: {1h: 20}, in_all: {10m: 5}, same_text: 2}
agents: {evidence: token_and_dmarc, trusted_authserv: [mx.example.com], trusted_arc_sealers: [Lists.example.org]}
files: {groups: groups.yaml, rules: routing.yaml, service_levels: service_levels.yaml,
        organisations: organisations.yaml, templates: ../mine}
"""
    folder = tmp_path / "config"
    folder.mkdir()
    (tmp_path / "mine").mkdir()
    (folder / "service_levels.yaml").write_text("calendars: [{name: always}]\n", encoding="utf-8")
    (folder / "organisations.yaml").write_text("organisations: [{name: acme, domains: [acme.example]}]")
    settings = load(write(folder, gateway))
    assert settings.database_url() == "sqlite:////var/lib/mailgateway/mailgateway.db"
    assert settings.blobs == "file:///var/lib/mailgateway/blobs"
    assert settings.templates == folder / "../mine"
    assert settings.mailboxes[0].settle.processed == Settle("move", "Processed")
    assert settings.smtp.password == Secret("credential", "smtp", ("", 0, 0))
    assert settings.smtp.password.place == (str(folder / "gateway.yaml"), 13, 81)
    made = policy(settings, (b"new", b"old"))
    assert made.mailboxes[0].default == Defaults("first-line", TicketType.REQUEST, Priority.HIGH, "pl")
    assert made.mailboxes[0].display == "support"
    assert made.mailboxes[0].aliases == ("help@example.com",)
    assert made.reply_keys == (b"new", b"old")
    assert made.trusted_authserv == ("mx.example.com",)
    assert made.loops == LoopLimits((10, 15, 20, 50, 100), (5, 60, 120), same_text=2)
    assert made.trusted_arc_sealers == ("lists.example.org",)
    assert made.directory is settings.directory
    assert made.organisations is settings.organisations
    assert {"en", "pl"} <= made.languages


def test_a_bucket_is_reached_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its secrets are read when it is opened, and missing ones are told like any other."""
    more = "access_key: {env: S3_KEY}, secret_key: {file: s3.secret}, timeout: 5s, ca_file: ca.pem"
    at = f"s3://mail/desk\ns3: {{endpoint: 'https://minio.example.com', region: x, {more}}}"
    settings = load(write(tmp_path, GATEWAY.replace("data/blobs", at)))
    assert [finding.line for finding in settings.missing_secrets() if "S3_KEY" in str(finding)] == [4]
    monkeypatch.setenv("S3_KEY", "id")
    (tmp_path / "s3.secret").write_text("hush\n")
    store = settings.blobs_at()
    assert isinstance(store, ObjectStore)
    assert store.login is not None
    assert (store.login.access_key(), store.login.secret_key()) == ("id", "hush")
    assert (store.url, store.endpoint, store.region) == ("s3://mail/desk", "https://minio.example.com", "x")
    assert (store.timeout, store.ca_file) == (timedelta(seconds=5), str(tmp_path / "ca.pem"))


def test_letters_name_the_version_where_that_is_wanted(tmp_path: Path) -> None:
    """Else nobody learns what runs here."""
    said = [
        policy(load(write(tmp_path, GATEWAY + more)), (b"key",)).user_agent for more in ("", "version_header: true\n")
    ]
    assert said == ["", f"mailgateway/{__version__}"]


_HOOK = 'webhooks: [{{name: crm, url: "{}", secret: {{env: A}}, clear_text: true}}]\n'
_API = 'api: {{listen: "{}", tokens: [{{env: A}}]}}\n'


@pytest.mark.parametrize("more", [_HOOK.format("http://127.0.0.1:80/x"), _API.format("[::1]:8025")])
def test_what_stays_within_this_host_is_no_warning(tmp_path: Path, more: str) -> None:
    """Nobody can listen to it."""
    assert load(write(tmp_path, GATEWAY + more)).warnings == ()


@pytest.mark.parametrize(
    ("gateway", "groups", "said"),
    [
        (GATEWAY.replace("host: smtp", "tls: none, host: smtp"), GROUPS, "in clear text"),
        (GATEWAY.replace("///data", "///var/lib"), GROUPS, "write sqlite:////var/lib/mailgateway.db"),
        (
            GATEWAY.replace("sqlite:///data/mailgateway.db", "postgresql://a:b@h/d"),
            GROUPS,
            "keep it in ~/.pgpass",
        ),
        (GATEWAY + _HOOK.format("http://crm.example.com/x"), GROUPS, "travels to crm.example.com in clear text"),
        (GATEWAY + _API.format("0.0.0.0:8025"), GROUPS, "others reach it"),
        (
            GATEWAY.replace("data/blobs", "s3://mail\ns3: {endpoint: 'http://minio.example.com:9000'}"),
            GROUPS,
            "every mail travels to minio.example.com in clear text",
        ),
        (GATEWAY, GROUPS + "  - {name: lonely}\n", "nobody is told of tickets in lonely"),
    ],
)
def test_what_deserves_a_second_look_is_a_warning(tmp_path: Path, gateway: str, groups: str, said: str) -> None:
    """Such a configuration works, and its admin is told."""
    warnings = load(write(tmp_path, gateway, groups)).warnings
    assert len(warnings) == 1
    assert said in str(warnings[0])


def test_clear_text_within_this_host_is_no_warning(tmp_path: Path) -> None:
    """A relay on the same host needs no TLS."""
    assert load(write(tmp_path, GATEWAY.replace("host: smtp.example.com", "tls: none, host: 127.0.0.1"))).warnings == ()


def test_relative_paths_begin_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From whatever folder a command is run, it works on the same database."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etc").mkdir()
    settings = load(write(Path("etc")))
    assert settings.database_url() == f"sqlite:///{tmp_path}/etc/data/mailgateway.db"
    assert settings.blobs == f"{tmp_path}/etc/data/blobs"
    names = ("gateway.yaml", "groups.yaml", "routing.yaml", "routing.tests.yaml")
    assert [str(path) for path in settings.files] == [f"etc/{name}" for name in names]


def test_secrets_are_read_when_they_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration loads without its secrets; what is missing is told with its place, for every secret."""
    gateway = GATEWAY.replace("host: smtp.example.com", "host: s.example, username: x, password: {file: smtp.secret}")
    path = write(tmp_path, gateway.replace("sqlite:///data/mailgateway.db", "{credential: database}"))
    monkeypatch.delenv("SUPPORT_PASSWORD", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    settings = load(path)
    assert [(one.line, one.column) for one in settings.missing_secrets()] == [(2, 11), (8, 65), (10, 48)]
    with pytest.raises(ConfigError, match="there are no credentials here"):
        settings.database_url()
    monkeypatch.setenv("SUPPORT_PASSWORD", "one")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "database").write_text("postgresql+psycopg://db/tickets\n")
    (tmp_path / "smtp.secret").write_text("two words \n")
    assert settings.missing_secrets() == ()
    assert settings.database_url() == "postgresql+psycopg://db/tickets"
    (tmp_path / "database").write_text("sqlite:///tickets.db")
    assert settings.database_url() == f"sqlite:///{tmp_path}/tickets.db"
    assert settings.smtp.password is not None
    assert settings.smtp.password.read() == "two words "


@pytest.mark.parametrize(("content", "said"), [(b"\n", "is empty"), (b"\xff", "not UTF-8")])
def test_a_secret_that_is_no_secret_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """An empty or unreadable file is told before a server refuses the log-in."""
    (tmp_path / "secret").write_bytes(content)
    secret = Secret("file", "secret", (str(tmp_path / "gateway.yaml"), 3, 4))
    with pytest.raises(ConfigError, match=said):
        secret.read()


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings can be printed."""
    monkeypatch.setenv("SUPPORT_PASSWORD", "correct-horse")
    settings = load(write(tmp_path))
    assert settings.missing_secrets() == ()
    assert "correct-horse" not in repr(settings)


def test_a_line_more_changes_no_account(tmp_path: Path) -> None:
    """Accounts whose settings are the same are equal, wherever they stand in the file."""
    before = load(write(tmp_path))
    after = load(write(tmp_path, "# a comment\n" + GATEWAY))
    assert before.mailboxes == after.mailboxes
    assert hash(before.mailboxes[0].imap) == hash(after.mailboxes[0].imap)


def test_a_change_of_any_file_is_noticed(tmp_path: Path) -> None:
    """Also of a template of one's own, and of a file that goes away."""
    (tmp_path / "templates" / "en").mkdir(parents=True)
    path = write(tmp_path, GATEWAY + "files: {templates: templates}\n")
    settings = load(path)
    seen = [fingerprint(settings)]
    assert fingerprint(settings) == seen[0]
    (tmp_path / "routing.yaml").write_text("rules: [] # changed\n")
    seen.append(fingerprint(settings))
    (tmp_path / "templates" / "en" / "reply.txt").write_text("x")
    seen.append(fingerprint(settings))
    (tmp_path / "groups.yaml").unlink()
    seen.append(fingerprint(settings))
    assert len(set(seen)) == 4


def test_how_much_of_a_mail_is_read_may_be_set(tmp_path: Path) -> None:
    """What is set reaches the policy, and what is not stays as the parser has it."""
    assert policy(load(write(tmp_path)), (b"key",)).reading == DEFAULT
    (tmp_path / "other").mkdir()
    made = policy(load(write(tmp_path / "other", GATEWAY + "\nreading: {parts: 20, text_chars: 5000}\n")), (b"key",))
    assert made.reading == Limits(parts=20, text_chars=5000)


def test_a_bound_beyond_sense_is_refused(tmp_path: Path) -> None:
    """More than ten times the default would let a mail take too long."""
    with pytest.raises(ConfigError) as refused:
        load(write(tmp_path, GATEWAY + "\nreading: {parts: 10001}\n"))
    assert "at most 10000" in refused.value.findings[0].problem


def test_mailboxes_send_by_their_own_server_or_by_that_of_all(tmp_path: Path) -> None:
    """Each server is one way out, with its fall-back; the first takes the letters of all other mailboxes."""
    own = """
    smtp: {host: smtp.sales.example, tls: implicit, fallback: {host: relay.example, port: 2525}}
smtp:"""
    settings = load(write(tmp_path, GATEWAY.replace("\nsmtp:", own)))
    assert policy(settings, (b"key",)).routes == (
        Route("", ("support",), "smtp.example.com:587"),
        Route("support", (), "smtp.sales.example:465", "relay.example:2525"),
    )
    assert settings.smtp_of("gone") == settings.smtp
