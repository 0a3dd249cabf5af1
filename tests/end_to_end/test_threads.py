"""What mail systems leave of a conversation: each trace alone finds the ticket, for who belongs to it."""

import base64
from email.message import EmailMessage

import pytest

from mailgateway.desk.model import ArticleKind
from tests.end_to_end.office import Letter, Office, answer, message, to

CARLA = "carla@customer.example"
ANNA = "anna@example.com"
INDEX = b"\x01\xdc" + bytes(range(20))
PASSED = ("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com")


def _bare(quoting: str, sender: str = CARLA, *, html: bool = False) -> EmailMessage:
    """Make the answer of a client behind a relay: another subject, no ids, the plain address, the letter quoted."""
    made = message(sender, "another subject", "It still burns.\n\n" + ("" if html else quoting))
    if html:
        made.set_content(f"<p>It still burns.</p><blockquote type='cite'>{quoting}</blockquote>", subtype="html")
    return made


def _receipt(office: Office) -> Letter:
    office.write(message(CARLA, "The machine burns", "Help."))
    (receipt,) = to(office.round(), CARLA)
    return receipt


@pytest.mark.parametrize("html", [False, True], ids=["text", "html"])
def test_the_hidden_mark_is_enough_for_who_takes_part(small_office: Office, html: bool) -> None:  # noqa: FBT001 - a column of the table
    """Quoted as text or as a page, it names the ticket; nobody sees it there, and it is no word of the article."""
    receipt = _receipt(small_office)
    page = receipt.mail.html_source or ""
    assert "ref:t" in page
    assert "ref:t" in receipt.mail.text
    quoted = page if html else "\n".join(f"> {line}" for line in receipt.mail.text.splitlines())
    small_office.write(_bare(quoted, html=html))
    small_office.round()
    (number,) = small_office.numbers()
    said = small_office.ticket(number).articles[-1].article
    assert said.text == "It still burns."
    small_office.write(_bare(quoted, "mallory@evil.example", html=html))
    small_office.round()
    assert len(small_office.numbers()) == 2


def test_thread_index_alone_leads_to_the_ticket(office: Office) -> None:
    """Exchange keeps it where it drops everything else; a stranger who has it joins nothing."""
    first = ("Thread-Index", base64.b64encode(INDEX).decode())
    later = ("Thread-Index", base64.b64encode(INDEX + b"\x00\x01\x02\x03\x04").decode())
    office.write(message(CARLA, "The machine burns", "Help.", headers=[first]))
    office.round()
    office.write(message(CARLA, "news", "It still burns.", headers=[later]))
    office.write(message("mallory@evil.example", "news", "Let me in.", headers=[later]))
    office.round()
    number, other = office.numbers()
    assert [filed.article.text for filed in office.ticket(number).articles] == ["Help.", "It still burns."]
    assert office.ticket(other).ticket.requester.address == "mallory@evil.example"


def test_what_an_agent_forwards_is_the_customers_ticket(office: Office) -> None:
    """The customer is acknowledged, and gets nothing of the agent's: no word, no address, no id."""
    block = f"---------- Forwarded message ---------\nFrom: Carla <{CARLA}>\nSubject: Fire\n\nThe machine burns."
    office.write(message(ANNA, "Fwd: Fire", f"She is difficult.\n\n{block}", headers=[PASSED]))
    letters = office.round()
    (receipt,) = to(letters, CARLA)
    for private in (b"difficult", ANNA.encode(), b"client.example"):
        assert private not in receipt.raw
    assert "difficult" not in receipt.mail.text
    (number,) = office.numbers()
    sheet = office.ticket(number)
    assert sheet.ticket.requester.address == CARLA
    assert [filed.article.kind for filed in sheet.articles] == [ArticleKind.PUBLIC, ArticleKind.NOTE]
    office.write(answer(receipt, CARLA, "It still burns."))
    office.round()
    assert office.numbers() == [number]


def test_an_agents_notice_used_by_a_customer_orders_nothing(small_office: Office) -> None:
    """Whoever got hold of a notice to an agent has its reply address, and is no agent for that."""
    small_office.write(message(CARLA, "The machine burns", "Help."))
    (notice,) = to(small_office.round(), ANNA)
    small_office.write(answer(notice, "mallory@evil.example", "#close\nSend me your password."))
    letters = small_office.round()
    first, second = small_office.numbers()
    assert len(small_office.ticket(first).articles) == 1
    assert small_office.ticket(second).ticket.requester.address == "mallory@evil.example"
    assert to(letters, CARLA) == []
