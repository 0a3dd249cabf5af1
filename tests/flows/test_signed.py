"""A configured DKIM key: every letter in the outbox is signed; a key that cannot be read stops nothing that runs."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import Bench


def configure(bench: Bench, key: Path) -> None:
    """Name a key in the configuration, and take it over."""
    written = bench.gateway.settings.path.read_text(encoding="utf-8")
    named = f"\ndkim:\n  - {{domain: example.com, selector: mail, key: {{file: {key}}}}}\n"
    bench.gateway.settings.path.write_text(written + named, encoding="utf-8")
    bench.gateway.reload()


def contents(bench: Bench) -> list[bytes]:
    """Return the bytes of all letters."""
    with bench.store.reading() as tx:
        return [outbox.letter(tx, one.id).content for one in bench.letters()]


def test_every_letter_is_signed_once_when_it_is_written(bench: Bench, tmp_path: Path) -> None:
    """What lies in the outbox has the signature of the domain on top."""
    key = tmp_path / "dkim.pem"
    made = generate_private_key(65537, 2048)
    key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    configure(bench, key)
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    assert len(contents(bench)) == 2
    assert all(one.startswith(b"DKIM-Signature: ") and b"d=example.com;" in one for one in contents(bench))


def test_a_key_that_cannot_be_read_leaves_what_was_in_force(bench: Bench, tmp_path: Path) -> None:
    """A reload is refused with word to the admin; mail is filed and answered as before."""
    configure(bench, tmp_path / "missing.pem")
    assert bench.gateway.settings.dkim == ()
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    assert [one.template for one in bench.letters()] == ["alarm", "acknowledgement", "agent_notification"]
