"""split_reply and the original sender, over the clients and languages people write with."""

import pytest

from mailgateway.mail.model import Mail
from mailgateway.mail.parse import parse
from mailgateway.mail.written.reply import split_reply
from tests.data.clients import (
    ADDRESS,
    ATTRIBUTIONS,
    DEVICE_LINES,
    FIELDS,
    FORWARD_MARKS,
    NOTES,
    OWN_WORDS,
    PAGES,
    SEPARATORS,
)

OWN = OWN_WORDS
HISTORY = "Dear John,\nplease restart the printer.\n\nBest regards\nAnna"
QUOTED = "\n".join(f"> {line}" for line in HISTORY.split("\n"))


def plain(body: str, subject: str = "Re: Printer") -> Mail:
    """Make a plain mail."""
    head = f"From: j@x.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
    return parse((head + body).encode())


@pytest.mark.parametrize("client", ATTRIBUTIONS)
@pytest.mark.parametrize("history", [QUOTED, HISTORY], ids=["marked", "bare"])
def test_what_clients_quote_is_taken_off(client: str, history: str) -> None:
    """The attribution goes with the quotation, whether that is marked with signs or not."""
    reply = split_reply(plain(f"{OWN}\n\n{ATTRIBUTIONS[client]}\n\n{history}\n"))
    assert (reply.text, reply.quoted) == (OWN, True)


@pytest.mark.parametrize("client", PAGES)
def test_what_clients_quote_in_html_is_taken_off(client: str) -> None:
    """The structure tells, whatever the language of the words; signatures that are marked go too."""
    page = "From: j@x.example\nSubject: Re: Printer\nContent-Type: text/html; charset=utf-8\n\n" + PAGES[client]
    reply = split_reply(parse(page.encode()))
    assert (reply.text, reply.quoted) == (OWN, True)


def test_the_block_of_lotus_notes_begins_the_history() -> None:
    """Notes writes the names of its fields on lines of their own."""
    reply = split_reply(plain(f"{OWN}\n\n{NOTES}\n\n{HISTORY}\n"))
    assert (reply.text, reply.quoted) == (OWN, True)


@pytest.mark.parametrize("language", FIELDS)
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}", "{}\uff1a{}"])
def test_header_blocks_begin_the_history(language: str, form: str) -> None:
    """Outlook puts the fields of the older mail above it, in the language of its menus."""
    values = (f"Anna <{ADDRESS}>", "04.03.2024 15:15", "me@x.example", "Printer")
    block = "\n".join(form.format(name, value) for name, value in zip(FIELDS[language], values, strict=True))
    reply = split_reply(plain(f"{OWN}\n\n{block}\n\n{HISTORY}\n"))
    assert (reply.text, reply.quoted) == (OWN, True)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_separators_begin_the_history(separator: str) -> None:
    """A drawn line that says "original message" begins the history."""
    reply = split_reply(plain(f"{OWN}\n\n{separator}\n{HISTORY}\n"))
    assert (reply.text, reply.quoted) == (OWN, True)


@pytest.mark.parametrize("line", DEVICE_LINES)
@pytest.mark.parametrize("behind", ["", " <https://link.example/x>", "\n\nOn 4 Mar 2024, at 15:15, Bob wrote:\n> hi"])
def test_lines_of_devices_are_taken_off(line: str, behind: str) -> None:
    """What a phone adds is nothing that the writer wrote, with a link or above a quotation as well."""
    assert split_reply(plain(f"{OWN}\n\n{line}{behind}\n")).text == OWN


@pytest.mark.parametrize(
    "line",
    [
        "Sent from the warehouse to me, and broken.",
        "I got Outlook for work last week and since then it has been slow, please download it again for me.",
        "Gesendet habe ich es gestern.",
        "Inviato ieri.",
        "来自中国的客户昨天给我们打了电话，请尽快回复他们，因为他们已经等了三个星期，这个问题非常紧急，请大家马上处理一下。",
    ],
)
def test_sentences_that_begin_alike_stay(line: str) -> None:
    """Nothing is cut when in doubt."""
    assert split_reply(plain(f"{OWN}\n\n{line}\n")).text.endswith(line)


@pytest.mark.parametrize("mark", FORWARD_MARKS)
@pytest.mark.parametrize("sign", ["", "> "])
def test_forwarded_mails_are_kept_and_their_sender_known(mark: str, sign: str) -> None:
    """A forwarded mail is content; who wrote it stands in the fields above it."""
    block = f"{sign}From: Anna Nowak <{ADDRESS}>\n{sign}Date: 4.3.2024\n{sign}Subject: Printer\n{sign}To: me@x.example"
    mail = plain(f"FYI\n\n{mark}\n\n{block}\n\n{sign}It is broken.\n", subject="Fwd: Printer")
    reply = split_reply(mail)
    assert (reply.text[:3], reply.text[-13:]) == ("FYI", "It is broken.")
    assert mail.forwarded_from is not None
    assert (mail.forwarded_from.name, mail.forwarded_from.address) == ("Anna Nowak", ADDRESS)


@pytest.mark.parametrize("language", FIELDS)
@pytest.mark.parametrize(
    "form",
    ["{}: Anna <{}>", "*{}:* Anna [mailto:{}]", "{}: Anna <mailto:{}>", "{}: {} <mailto:anna@firma.example>", "{}: {}"],
)
def test_the_original_sender_is_read_in_every_language(language: str, form: str) -> None:
    """Outlook marks a forwarded mail by nothing but the subject and the block of fields."""
    sender, sent, to, subject = FIELDS[language]
    block = f"{form.format(sender, ADDRESS)}\n{sent}: 4.3.2024\n{to}: me@x.example\n{subject}: Printer"
    found = plain(f"FYI\n\n{block}\n\nIt is broken.", subject="FW: Printer").forwarded_from
    assert found is not None
    assert found.address == ADDRESS


def test_an_attached_mail_names_its_writer() -> None:
    """A mail forwarded as an attachment tells its sender in its own header."""
    raw = (
        b"From: j@x.example\nSubject: see\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\n\nplease look\n--cut\n"
        b"Content-Type: message/rfc822\n\nFrom: Anna <anna@firma.example>\nSubject: Printer\n\nIt is broken.\n--cut--\n"
    )
    found = parse(raw).forwarded_from
    assert found is not None
    assert (found.name, found.address) == ("Anna", ADDRESS)


@pytest.mark.parametrize("body", ["From: time to time it prints.", "On 4 Mar 2024, Anna <a@b.example> wrote:\n> hi"])
def test_an_ordinary_mail_forwards_nothing(body: str) -> None:
    """A quotation is no forwarded mail, and a sentence no field."""
    assert plain(body).forwarded_from is None


def test_an_address_broken_over_blocks_belongs_to_the_attribution() -> None:
    """Some clients put the bracket of the address on a line of its own, which looks like a quotation."""
    body = f"{OWN}\n\nOn Mon, Mar 4, 2024 at 3:15 PM Anna\n\n<\nmailto:Anna <{ADDRESS}>\n> wrote:\n\n{HISTORY}\n"
    reply = split_reply(plain(body))
    assert (reply.text, reply.quoted) == (OWN, True)
