"""The mails of the story: what people in it write, as their mail clients would."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from mailgateway import clock
from mailgateway.demo.post_office import Delivered

SUPPORT = "support@example.com"
CARLA = "Carla Rossi <carla@customer.example>"
JAN = "Jan Nowak <jan@klient.example>"
BOB = "Bob Stone <bob@example.com>"
EVE = "Eve Adams <eve@shop.example>"
NEWS = "Office Supplies News <news@vendor.example>"


def first_mail() -> bytes:
    """Carla has a problem with a printer, and a photo of it."""
    made = _mail(CARLA, "Printer on floor 3 prints only stripes")
    made.set_content(
        "Hello,\n\nsince this morning the printer on floor 3 prints nothing but stripes.\n"
        "A photo is attached.\n\nBest regards\nCarla\n\n-- \nCarla Rossi, Accounting, +39 06 555 0101\n"
    )
    made.add_attachment(_PIXEL, maintype="image", subtype="png", filename="stripes.png")
    return made.as_bytes(policy=SMTP)


def more_mails() -> tuple[tuple[str, bytes], ...]:
    """Other people's mails, each with a word on what it is."""
    polish = _mail(JAN, "Zapomniałem hasła")
    polish.set_content("Dzień dobry,\n\nnie mogę się zalogować, proszę o nowe hasło.\n\nJan Nowak\n")
    news = _mail(NEWS, "Paper is cheap this week!")
    news["List-Id"] = "<news.vendor.example>"
    news["Precedence"] = "bulk"
    news.set_content("A box of paper: now only 19.90.\n")
    vacation = _mail(CARLA, "Out of office")
    vacation["Auto-Submitted"] = "auto-replied"
    vacation.set_content("I am on holiday until Monday.\n")
    return (
        ("a customer who writes Polish", polish.as_bytes(policy=SMTP)),
        ("a newsletter", news.as_bytes(policy=SMTP)),
        ("an out-of-office reply", vacation.as_bytes(policy=SMTP)),
        ("bytes that are no mail at all", bytes(range(1, 255)) * 8),
    )


def urgent_mail() -> bytes:
    """Something that cannot wait."""
    made = _mail(EVE, "Urgent: till 4 does not start")
    made.set_content("Hello,\n\ntill 4 stays dark, and there is a queue.\n\nEve\n")
    return made.as_bytes(policy=SMTP)


def answer(to: Delivered, author: str, text: str) -> bytes:
    """Answer a mail as a mail client does: to its Reply-To address, the old text quoted below."""
    mail = to.mail
    subject = mail.subject if mail.subject.startswith("Re:") else f"Re: {mail.subject}"
    made = _mail(author, subject, to=mail.reply_to[0].address if mail.reply_to else SUPPORT)
    made["In-Reply-To"] = f"<{mail.message_id}>"
    made["References"] = " ".join(f"<{one}>" for one in (*mail.references, mail.message_id))
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    made.set_content(f"{text}\n\nOn Monday, {SUPPORT} wrote:\n{quoted}\n")
    return made.as_bytes(policy=SMTP)


def _mail(author: str, subject: str, to: str = SUPPORT) -> EmailMessage:
    made = EmailMessage()
    made["From"] = author
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = make_msgid(domain="mail.example")
    return made


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763606060000000040001"
    "f61738550000000049454e44ae426082"
)
