"""The admin clears the quarantine from their mail program, through real servers."""

from mailgateway.mail.model import Mail
from tests.end_to_end.office import Letter, Office, answer, message, to

ADMIN = "postmaster@example.com"
JUNK = b"\x01\xffno mail at all, but a word\x07\r\n" * 4


def told(letters: list[Letter]) -> Letter:
    """Return the one mail to the admin."""
    (letter,) = to(letters, ADMIN)
    return letter


def watched(office: Office) -> list[Letter]:
    """Let the gateway make a whole round, as `run --once` does."""
    assert office.gateway.run_once(stop=lambda: False) == ()
    return office.news()


def numbers(mail: Mail) -> list[int]:
    """Return the numbers that a digest lists."""
    return [int(line.split()[1]) for line in mail.text.splitlines() if line.startswith("Number ")]


def test_the_admin_clears_the_quarantine_by_mail(office: Office) -> None:
    """A digest comes, is answered with three orders, and each is done; a forged answer does nothing."""
    large = message("carla@customer.example", "Scans", "See below.\n" + "word " * 300_000)
    for mail in (large, JUNK, JUNK + b"another"):
        office.write(mail)
    digest = told(watched(office))
    scans, first, second = numbers(digest.mail)
    assert (digest.mail.sender and digest.mail.sender.address) == "support@example.com"

    office.write(answer(digest, "mallory@evil.example", f"#drop {first}"))
    office.write(answer(digest, "mallory@evil.example", "#drop all"))
    assert to(office.round(), ADMIN) == []

    office.write(answer(digest, ADMIN, f"#release {scans}\n#ticket {first}\n#drop {second}\n#show {second}"))
    letters = office.round()
    receipt = told(letters)
    opened = {line.mail.subject for line in to(letters, "carla@customer.example")}
    assert any("Scans" in subject for subject in opened)
    assert receipt.mail.text.count("was opened") == 2
    assert f"{second}: closed without a ticket" in receipt.mail.text
    (file,) = receipt.mail.attachments
    assert file.content == JUNK + b"another"
    assert "no mail at all" in office.ticket(max(office.numbers())).articles[0].article.text

    assert to(watched(office), ADMIN) == []
    office.write(answer(receipt, ADMIN, f"#drop {first}"))
    again = told(office.round())
    assert "This had already been decided" in " ".join(again.mail.text.split())
