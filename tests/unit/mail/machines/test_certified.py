"""read_certified by way of classify: what Italian certified mail says became of a mail (RFC 6109)."""

import pytest

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Kind, Verdict
from mailgateway.mail.parse import parse

NOBODY = OwnMarks("", frozenset())


def receipt(kind: str) -> Verdict:
    """Classify a receipt of this kind."""
    head = (
        f"X-Ricevuta: {kind}\nFrom: posta-certificata@pec.example\nTo: help@example.com\nSubject: AVVISO: Stampante\n"
        "X-Riferimento-Message-ID: <ours@example.com>\nReturn-Path: <posta-certificata@pec.example>\n"
    )
    text = 'il messaggio inviato da "help@example.com" e indirizzato a "jan@pec.example" non è stato consegnato\n'
    return classify(parse(f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}".encode()), NOBODY)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("errore-consegna", Kind.BOUNCE),
        ("non-accettazione", Kind.BOUNCE),
        ("rilevazione-virus", Kind.BOUNCE),
        ("preavviso-errore-consegna", Kind.DELIVERY_DELAY),
    ],
)
def test_a_receipt_of_a_failure_names_the_mail_and_its_reader(kind: str, expected: Kind) -> None:
    """Fields and words are fixed by the rules of certified mail."""
    found = receipt(kind)
    assert (found.kind, found.about) == (expected, "ours@example.com")
    assert found.bounce is not None
    assert found.bounce.recipient == "jan@pec.example"


@pytest.mark.parametrize("kind", ["accettazione", "avvenuta-consegna", "presa-in-carico", "something-new"])
def test_every_other_receipt_is_a_machines(kind: str) -> None:
    """Each letter gets two of them, which say nothing else of themselves."""
    found = receipt(kind)
    assert (found.kind, found.bounce, found.answerable) == (Kind.AUTO_REPLY, None, False)
