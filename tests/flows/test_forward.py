"""A mail that rules send on, from the spool to the finished letter."""

from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest

from mailgateway.rules.compile import compile_rules
from mailgateway.rules.vocabulary import Vocabulary
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import Bench

REPAIRS = "repairs@supplier.example"


def forwarding(bench: Bench, most: int, **then: object) -> None:
    """Let the desk send everything on."""
    words = Vocabulary(None, None, None, (), (), ())
    document = {"rules": [{"name": "on", "when": "always", "then": {"forward": REPAIRS, **then}}]}
    made = compile_rules(document, lambda _: (1, 1), "routing.yaml", words)
    policy = replace(bench.gateway.policy, ruleset=made.ruleset, forwards_per_hour=most)
    bench.desk = replace(bench.desk, policy=lambda: policy)


def read(content: bytes) -> EmailMessage:
    """Read a mail with the modern parser of the standard library."""
    return BytesParser(EmailMessage, policy=default).parsebytes(content)


def sent_on(bench: Bench) -> list[EmailMessage]:
    """Return the letters that forward a mail."""
    ids = [line.id for line in bench.letters() if line.to == REPAIRS]
    with bench.store.reading() as tx:
        return [read(outbox.letter(tx, one).content) for one in ids]


@pytest.mark.parametrize("text", ["It is broken.", "Drukarka się zepsuła: żółć."])
def test_the_mail_goes_on_as_it_arrived(bench: Bench, text: str) -> None:
    """The letter has the original attached, byte for byte but for its line ends, and marks that stop circles."""
    forwarding(bench, 100)
    mail = message("jan@customer.example", "Printer", text)
    mail["X-Original"] = "kept"
    bench.arrive(mail)
    bench.ingest()
    [letter] = sent_on(bench)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Mailgateway"] == "example.com"
    assert "+t10001." in letter["Reply-To"]
    [file] = letter.iter_attachments()
    assert file.get_content_type() in ("message/rfc822", "application/octet-stream")
    inner = file.get_content()
    whole = inner if isinstance(inner, EmailMessage) else read(inner)
    assert (whole["X-Original"], whole["Subject"]) == ("kept", "Printer")
    assert text in whole.get_content()


def test_what_comes_too_fast_opens_tickets(bench: Bench) -> None:
    """Mails beyond the limit of the hour are not lost, though the rule would have discarded them."""
    forwarding(bench, 2, discard=True)
    bench.arrive(*(message(f"c{number}@customer.example", f"M{number}", "help") for number in range(4)))
    bench.ingest()
    assert len(sent_on(bench)) == 2
    assert bench.subjects() == ["M2", "M3"]
    [why] = [event.detail["why"] for event in bench.ticket(10001).events if event.what == "not_forwarded"]
    assert why == "the address had enough mails within the hour"
