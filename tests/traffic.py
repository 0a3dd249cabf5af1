"""Mail as it comes on an ordinary morning, made from a seed: the same seed makes the same mails."""

import random
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

_SUBJECTS = (
    "Printer on floor 3 does not print",
    "Cannot log in since this morning",
    "Invoice 2026/1187 is wrong",
    "Zgubione hasło do portalu",
    "Re: your offer",
    "VPN bricht ständig ab",
    "Où est ma commande ?",
    "Заявка на доступ",
    "会议室的投影仪坏了",
    "",
)
_TEXT = """
hello since yesterday the machine shows an error and nobody knows why we tried to turn it off and on again please call
me back before noon our customers are waiting thank you very much drukarka znów nie działa größe
"""


def mails(count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Give (kind, bytes) of `count` mails; every one has another sender, so that each person is owed one receipt.

    Kinds: person (plain, HTML, with files, in odd charsets), robot (marked automatic), bulk.
    """
    chance = random.Random(seed)
    makers: list[tuple[int, Callable[[random.Random, EmailMessage], str]]] = [
        (50, _plain),
        (20, _html),
        (12, _with_file),
        (6, _latin),
        (6, _robot),
        (6, _bulk),
    ]
    weights = [weight for weight, _ in makers]
    for number in range(count):
        made = EmailMessage()
        made["From"] = f"Person {number} <p{number}@customer{number % 40}.example>"
        made["To"] = "Support <support@example.com>"
        made["Subject"] = chance.choice(_SUBJECTS)
        made["Date"] = f"Mon, 02 Nov 2026 {chance.randrange(24):02}:{chance.randrange(60):02}:00 +0100"
        made["Message-ID"] = f"<{seed}.{number}.{chance.getrandbits(64):x}@client.example>"
        (maker,) = chance.choices([maker for _, maker in makers], weights)
        kind = maker(chance, made)
        yield kind, _trace(chance, number) + made.as_bytes(policy=SMTP)


def _text(chance: random.Random, paragraphs: int) -> str:
    words = _TEXT.split()
    lines = (" ".join(chance.choices(words, k=chance.randrange(5, 60))) for _ in range(paragraphs))
    return "\n\n".join(lines) + "\n\n-- \nA person\n"


def _plain(chance: random.Random, made: EmailMessage) -> str:
    made.set_content(_text(chance, chance.randrange(1, 6)))
    return "person"


def _html(chance: random.Random, made: EmailMessage) -> str:
    text = _text(chance, chance.randrange(2, 12))
    made.set_content(text)
    body = "".join(f"<p style='margin:0'>{line}</p>" for line in text.split("\n\n"))
    made.add_alternative(f"<html><body><div>{body}</div></body></html>", subtype="html")
    return "person"


def _with_file(chance: random.Random, made: EmailMessage) -> str:
    made.set_content(_text(chance, 2))
    content = chance.randbytes(chance.randrange(2_000, 120_000))
    made.add_attachment(content, maintype="image", subtype="jpeg", filename=f"zdjęcie {chance.randrange(99)}.jpg")
    return "person"


def _latin(chance: random.Random, made: EmailMessage) -> str:
    made.set_content("Größe und Maß: " + _text(chance, 1), charset="iso-8859-2", cte="quoted-printable")
    return "person"


def _robot(chance: random.Random, made: EmailMessage) -> str:
    made["Auto-Submitted"] = chance.choice(("auto-generated", "auto-replied (vacation)"))
    made.set_content(f"Disk at {chance.randrange(90, 100)} %.\n")
    return "robot"


def _bulk(chance: random.Random, made: EmailMessage) -> str:
    made["List-Id"] = "News <news.vendor.example>"
    made["Precedence"] = "bulk"
    made.set_content(_text(chance, 4))
    return "bulk"


def _trace(chance: random.Random, number: int) -> bytes:
    return (
        f"Return-Path: <p{number}@customer.example>\r\n"
        f"Received: from relay.example (relay.example [192.0.2.{chance.randrange(1, 250)}])\r\n"
        f"\tby mx.example.com with ESMTPS id {chance.getrandbits(48):x}; Mon, 2 Nov 2026 10:00:00 +0100\r\n"
    ).encode()
