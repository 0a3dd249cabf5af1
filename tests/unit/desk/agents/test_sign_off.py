"""What an agent's mail program puts under an answer stays behind; what the agent says stays."""

import pytest

from mailgateway.desk.agents.sign_off import without_sign_off
from tests.unit.desk.builders import ANNA

SAID = "Hello Carla,\n\nI have changed the drum.\n\n"


@pytest.mark.parametrize(
    ("signature", "left"),
    [
        ("Kind regards\nAnna Kowalska\nSecond level\nExample Ltd\nT +44 20 7946 0018", "Kind regards\nAnna Kowalska"),
        ("Best regards,\nAnna\n\nAnna Kowalska\nExample Ltd\nanna@example.com", "Best regards,\nAnna"),
        ("Pozdrawiam\nAnna Kowalska\nStarszy specjalista\nkom. 600 123 456", "Pozdrawiam\nAnna Kowalska"),
        ("Z poważaniem,\n\nAnna Kowalska\nExample Sp. z o.o.\nNIP 123-456-78-90", "Z poważaniem,\n\nAnna Kowalska"),
        ("Mit freundlichen Grüßen\nAnna Kowalska\nExample GmbH", "Mit freundlichen Grüßen\nAnna Kowalska"),
        ("Viele Grüße\ni. A. Kowalska\nDurchwahl: 030 123456-78", "Viele Grüße"),
        ("Anna Kowalska | Second level | +44 20 7946 0018", "Anna Kowalska"),
        ("Anna Kowalska  T +44 20 7946 0018\nExample Ltd", "Anna Kowalska"),
        ("*Anna Kowalska*\nExample Ltd\nwww.example.com", "Anna Kowalska"),
        ("A. Kowalska, tel. 600 123 456", "A. Kowalska"),
        ("Thanks, Anna\nMobile: 07700 900123", "Thanks, Anna"),
        ("Kind regards\nAnna\n[logo.png]", "Kind regards\nAnna"),
    ],
)
def test_a_signature_without_delimiter_stays_behind(signature: str, left: str) -> None:
    """Formula and name stay; title, company, telephone, address and logo do not reach the customer."""
    assert without_sign_off(SAID + signature, ANNA, ("[logo.png]",)) == SAID + left


@pytest.mark.parametrize(
    "text",
    [
        "Kind regards\nAnna Kowalska",
        "Kind regards\nAnna Kowalska\nSecond level",
        "Whom to call from now on:\nAnna Kowalska\n+44 20 7946 0018",
        "Call the maker:\n+44 20 7946 0018\nwww.maker.example",
        "Kind regards\nAnna\nPS: the maker is at www.maker.example",
        "Best\nAnna\nDid you try www.maker.example/drums?",
        "Anna will call you on +44 20 7946 0018 tomorrow.",
        "Thanks",
        "Kind regards\nAnna\n" + "\n".join(f"{number}. see www.maker.example/{number}" for number in range(20)),
    ],
)
def test_what_is_said_to_the_customer_stays(text: str) -> None:
    """When in doubt nothing is cut."""
    assert without_sign_off(SAID + text, ANNA) == SAID + text


@pytest.mark.parametrize(
    "text", ["Kind regards\nAnna", "Anna Kowalska\nExample Ltd\nT +44 20 7946 0018", "\nMfG, Anna"]
)
def test_a_signature_alone_says_nothing(text: str) -> None:
    """Under commands it is no answer."""
    assert without_sign_off(text, ANNA) == ""


@pytest.mark.parametrize(
    "hostile", ["+1" + " 1" * 40_000, "Best " * 20_000, "\n".join(["T: 1"] * 50_000), "." * 90_000]
)
def test_no_text_takes_long(hostile: str) -> None:
    """A text of a hundred thousand characters is no work."""
    assert without_sign_off(f"Best\n{hostile}", ANNA) is not None
