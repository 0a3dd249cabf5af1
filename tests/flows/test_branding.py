"""The desk's brand in real letters: the logo is embedded once, and is nobody's attachment when it comes back."""

from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

import pytest

from mailgateway.mail.parse import parse
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import Bench

SCREEN = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (1280).to_bytes(4) + (800).to_bytes(4) + b"\x08\x02" * 50
LOGO = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (240).to_bytes(4) + (80).to_bytes(4) + b"\x08\x02" * 40
BRANDING = """
branding:
  name: Example Ltd
  logo: logo.png
  colour: "#0B6B5D"
  website: https://www.example.com/
  footer: {en: 1 Mill Lane, pl: ul. Młyńska 1}
  signature: |
    {agent}
    {group} at {desk}
"""


@pytest.fixture
def branded(bench: Bench, tmp_path: Path) -> Bench:
    """Give a desk with a brand."""
    (tmp_path / "logo.png").write_bytes(LOGO)
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(configuration.read_text() + BRANDING)
    bench.gateway.reload()
    return bench


def letters(bench: Bench, template: str) -> list[EmailMessage]:
    """Return the finished letters of a notice, as a mail client reads them."""
    with bench.store.reading() as tx:
        found = [outbox.letter(tx, one.id).content for one in bench.letters() if one.template == template]
    return [BytesParser(policy=SMTP).parsebytes(one) for one in found]


def body(letter: EmailMessage, kind: str) -> str:
    """Return the text or the HTML of a letter."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def pictures(letter: EmailMessage) -> list[MIMEPart]:
    """Return the images of a letter."""
    return [part for part in letter.walk() if part.get_content_maintype() == "image"]


def answer_of_anna(bench: Bench, html: str, *files: tuple[bytes, str]) -> EmailMessage:
    """Let Anna's mail client answer her notification, with pictures in the text."""
    notification = letters(bench, "agent_notification")[0]
    mail = message("Anna Kowalska <anna@example.com>", "Re: Screen", "", to=str(notification["Reply-To"]), html=html)
    page = mail.get_payload(1)
    assert isinstance(page, EmailMessage)
    for content, cid in files:
        page.add_related(content, "image", "png", cid=f"<{cid}>", filename="image.png")
    return mail


def test_the_logo_is_embedded_once(branded: Bench) -> None:
    """It is part of the page and no attachment; colour, company and address are there in both forms."""
    branded.arrive(message("Jan <jan@customer.example>", "Screen", "It is broken."))
    branded.ingest()
    [receipt] = letters(branded, "acknowledgement")
    [logo] = pictures(receipt)
    assert (logo.get_content_disposition(), logo.get_content()) == ("inline", LOGO)
    page, text = body(receipt, "html"), body(receipt, "plain")
    assert page.count(f"cid:{str(logo['Content-ID']).strip('<>')}") == 1
    assert 'alt="Example Ltd" width="120" height="40"' in page
    assert "#0b6b5d" in page
    for shown in (page, text):
        assert "1 Mill Lane" in shown
        assert "Młyńska" not in shown
        assert "www.example.com" in shown
    assert pictures(letters(branded, "agent_notification")[0]) == []


def test_an_answer_shows_its_picture_and_is_signed_by_the_desk(branded: Bench) -> None:
    """The picture stands at its place; the agent's own signature with its logo and telephone stays in the house."""
    branded.arrive(message("Jan <jan@customer.example>", "Screen", "It is broken."))
    branded.ingest()
    html = (
        "<p>Push this lever:</p><p><img src='cid:screen@client'></p><p>Kind regards<br>Anna Kowalska<br>"
        "<img src='cid:own@client' height=30><br>Example Ltd<br>T +44 20 7946 0018<br>anna@example.com</p>"
    )
    branded.arrive(answer_of_anna(branded, html, (SCREEN, "screen@client"), (SCREEN + b"x", "own@client")))
    branded.ingest()
    [reply] = letters(branded, "reply")
    page, text = body(reply, "html"), body(reply, "plain")
    embedded = {str(part["Content-ID"]).strip("<>"): part.get_content() for part in pictures(reply)}
    assert sorted(embedded.values()) == sorted([LOGO, SCREEN])
    assert all(page.count(f"cid:{cid}") == 1 for cid in embedded)
    assert page.index("Push this lever") < page.index('alt="image.png"') < page.index("Kind regards")
    assert "Push this lever:\n\n[image.png]\n\nKind regards\nAnna Kowalska\n" in text.replace("\r\n", "\n")
    assert "\n-- \nAnna Kowalska\nService desk at Example support\n" in text.replace("\r\n", "\n")
    assert not [own for own in ("7946", "anna@example.com", "own@client") for part in (page, text) if own in part]


def test_what_is_quoted_back_is_no_attachment(branded: Bench) -> None:
    """Neither the logo nor the agent's picture is filed as the customer's; their own picture is."""
    branded.arrive(message("Jan <jan@customer.example>", "Screen", "It is broken."))
    branded.ingest()
    branded.arrive(answer_of_anna(branded, "<p>This: <img src='cid:s@client'></p>", (SCREEN, "s@client")))
    branded.ingest()
    [reply] = letters(branded, "reply")
    quoted = "".join(f"<img src='cid:{str(part['Content-ID']).strip('<>')}' alt='ours'>" for part in pictures(reply))
    html = f"<p>And now <img src='cid:mine'></p><blockquote type='cite'>{quoted}</blockquote>"
    again = message("Jan <jan@customer.example>", "Re: Screen", "", to=str(reply["Reply-To"]), html=html)
    page = again.get_payload(1)
    assert isinstance(page, EmailMessage)
    for part in pictures(reply):
        page.add_related(part.get_content() + b"recoded", "image", "png", cid=str(part["Content-ID"]), filename="x.png")
    page.add_related(LOGO, "image", "png", cid="<renamed@client>", filename="logo.png")
    page.add_related(SCREEN + b"mine", "image", "png", cid="<mine>", filename="mine.png")
    branded.arrive(again)
    branded.ingest()
    sheet = branded.ticket(10001)
    assert [[file.filename for file in filed.article.attachments] for filed in sheet.articles] == [
        [],
        ["image.png"],
        ["mine.png"],
    ]
    [told] = letters(branded, "agent_follow_up")
    assert [part.get_filename() for part in pictures(told)] == ["mine.png"]


def test_a_mailbox_has_its_own_brand(branded: Bench, tmp_path: Path) -> None:
    """What it says goes before what holds for all, key by key; what is wrong leaves the last good one in force."""
    configuration = tmp_path / "gateway.yaml"
    own = "    branding: {name: Another Ltd, signature: {en: Yours}}\nsmtp:"
    configuration.write_text(configuration.read_text().replace("\nsmtp:", f"\n{own}"))
    branded.gateway.reload()
    brand = branded.gateway.policy.mailboxes[0].brand
    assert (brand.name, brand.colour, dict(brand.signature)) == ("Another Ltd", "#0b6b5d", {"en": "Yours"})
    (tmp_path / "logo.png").write_bytes(b"no picture")
    branded.gateway.reload()
    assert branded.gateway.policy.mailboxes[0].brand.logo is not None
    assert "logo.png is neither PNG nor JPEG nor GIF" in body(letters(branded, "alarm")[-1], "plain").replace(
        "\r\n", " "
    )


def test_the_logo_costs_a_letter_little(branded: Bench) -> None:
    """All policies and letters share the bytes that were read once."""
    branded.arrive(message("Jan <jan@customer.example>", "Screen", "It is broken."))
    branded.ingest()
    logo = branded.gateway.policy.mailboxes[0].brand.logo
    assert logo is not None
    assert next(iter(branded.gateway.settings.logos.values())).file.content is logo.file.content
    [receipt] = letters(branded, "acknowledgement")
    assert len(parse(receipt.as_bytes()).attachments) == 1
