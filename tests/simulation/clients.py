"""How mail programs build a mail: layout of an answer, what is quoted of the letter, and the fields above it."""

import base64
import html
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from tests.data.clients import ATTRIBUTIONS, FIELDS, OWN_WORDS, PAGES
from tests.end_to_end.office import Letter

_HISTORY = "<p>Dear John,</p><p>please restart the printer.</p>"
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_DEVICES = ("Sent from my iPhone", "Wysłane z iPhone'a", "Von meinem iPhone gesendet", "Get Outlook for Android")


@dataclass(frozen=True, slots=True)
class Body:
    """The two forms of a mail's text; "" for one that the program does not write."""

    plain: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """Whom a mail is from and to, about what, and which mails it says it follows."""

    sender: tuple[str, str]
    to: tuple[str, ...]
    subject: str
    message_id: str
    cc: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()


def mail(head: Head, body: Body, files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Return a mail as it leaves the program."""
    made = EmailMessage()
    name, address = head.sender
    local, _, domain = address.partition("@")
    made["From"] = Address(name, local, domain)
    made["To"] = ", ".join(head.to)
    if head.cc:
        made["Cc"] = ", ".join(head.cc)
    made["Subject"] = head.subject
    made["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    made["Message-ID"] = f"<{head.message_id}>"
    if head.in_reply_to:
        made["In-Reply-To"] = f"<{head.in_reply_to}>"
    if head.references:
        made["References"] = " ".join(f"<{one}>" for one in head.references)
    for field, value in head.more:
        made[field] = value
    if body.plain:
        made.set_content(body.plain)
        if body.page:
            made.add_alternative(body.page, subtype="html")
    else:
        made.set_content(body.page, subtype="html")
    for filename, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=filename)
    return made.as_bytes(policy=SMTP)


def fresh(words: str, signature: str, style: str) -> Body:
    """Return the text of a mail that answers nothing."""
    if style.startswith("html:"):
        return Body("", f"<html><body>{_paragraphs(words)}<p>--&nbsp;<br>{html.escape(signature)}</p></body></html>")
    return Body(f"{words}\n\n-- \n{signature}\n")


def answer(words: str, letter: Letter, style: str, signature: str, chance: random.Random) -> Body:
    """Return the text of an answer to a letter, laid out in the style of a program, with the letter quoted."""
    if style.startswith("html:"):
        return _page(style.removeprefix("html:"), words, letter)
    return Body(_LAYOUTS[style](words, letter, signature, chance))


def bare_answer(words: str, signature: str) -> Body:
    """Return the text of an answer without any quotation."""
    return Body(f"{words}\n\n-- \n{signature}\n")


def forwarded(words: str, sender: str, subject: str, text: str) -> Body:
    """Return the text of a mail that passes another one on."""
    block = (
        f"---------- Forwarded message ---------\nFrom: {sender}\nDate: Mon, 2 Nov 2026 at 09:00\nSubject: {subject}\n"
    )
    return Body(f"{words}\n\n{block}To: <someone@else.example>\n\n{text}\n")


def thread_index(chance: random.Random) -> str:
    """Return the Thread-Index of a new conversation, as Outlook makes it."""
    return base64.b64encode(b"\x01\xdc" + chance.randbytes(4) + chance.randbytes(16)).decode()


def thread_index_below(index: str, chance: random.Random) -> str:
    """Return the Thread-Index of an answer in a conversation."""
    return base64.b64encode(base64.b64decode(index) + chance.randbytes(5)).decode()


def _top(words: str, letter: Letter, signature: str, chance: random.Random) -> str:
    return f"{words}\n\n-- \n{signature}\n\n{_attribution(chance)}\n{_quoted(letter)}\n"


def _bottom(words: str, letter: Letter, signature: str, chance: random.Random) -> str:
    return f"{_attribution(chance)}\n{_quoted(letter)}\n\n{words}\n\n-- \n{signature}\n"


def _inline(words: str, letter: Letter, signature: str, chance: random.Random) -> str:
    lines = [line for line in letter.mail.text.splitlines() if line.strip() and not line.startswith("##")]
    first, rest = "\n".join(f"> {one}" for one in lines[:2]), "\n".join(f"> {one}" for one in lines[2:4])
    return f"{_attribution(chance)}\n{first}\n\n{words}\n\n{rest}\n\n-- \n{signature}\n"


def _outlook_block(words: str, letter: Letter, signature: str, chance: random.Random) -> str:
    names = FIELDS[chance.choice(("en", "pl", "de", "fr", "es"))]
    values = ("Support <support@example.com>", "02.11.2026 10:05", "me@x.example", letter.mail.subject)
    block = "\n".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
    return f"{words}\n\n-- \n{signature}\n\n{block}\n\n{letter.mail.text}\n"


def _mobile(words: str, letter: Letter, _signature: str, chance: random.Random) -> str:
    return f"{words}\n\n{chance.choice(_DEVICES)}\n\n{_attribution(chance)}\n\n{_quoted(letter)}\n"


_LAYOUTS: dict[str, Callable[[str, Letter, str, random.Random], str]] = {
    "top": _top,
    "bottom": _bottom,
    "inline": _inline,
    "outlook-block": _outlook_block,
    "mobile": _mobile,
}


def _page(program: str, words: str, letter: Letter) -> Body:
    """Put words and letter in the places of those in the page as the program builds it; there is no plain text."""
    written = html.escape(words).replace("\n", "<br>")
    source = letter.mail.html_source or ""
    found = _BODY.search(source)
    history = found[1] if found else _paragraphs(letter.mail.text)
    return Body("", PAGES[program].replace(OWN_WORDS, written).replace(_HISTORY, history))


def _attribution(chance: random.Random) -> str:
    return chance.choice(
        [ATTRIBUTIONS[name] for name in ("gmail-en", "gmail-pl", "tb-de", "apple-fr", "k9", "yahoo-en")]
    )


def _quoted(letter: Letter) -> str:
    return "\n".join(f"> {line}" for line in letter.mail.text.splitlines())


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(part)}</p>".replace("\n", "<br>") for part in text.split("\n\n"))
