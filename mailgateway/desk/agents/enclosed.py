"""What goes along with an agent's words: their files, and the pictures at the places where they were pasted."""

from collections.abc import Iterator
from dataclasses import replace

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.sign_off import without_sign_off
from mailgateway.desk.incoming import stored
from mailgateway.desk.model import Agent, StoredFile
from mailgateway.mail.content.pictures import Extent, extent, label, shown_pictures
from mailgateway.mail.model import Attachment, Mail

_SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
    }
)
_CARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_LOGO_HEIGHT = 120
_LOGO_SIZE = 8_000
"""What is no higher (pixels), or where that is not known no larger (octets), may be a logo."""


def enclosed(orders: Orders, mail: Mail, agent: Agent) -> tuple[Orders, tuple[StoredFile, ...]]:
    """Return an agent's orders without their own signature, and the files that go along.

    A picture goes along where the words show it; one that only the signature or the quotation shows stays behind. Where
    there are no words, a picture is what they wanted to say unless it is as small as a logo.
    """
    shown = shown_pictures(mail)
    small = tuple(label(file.filename) for file in mail.attachments if _is_small(file, shown))
    text = without_sign_off(orders.text, agent, small)
    if all(line.strip() in ("", *small) for line in text.split("\n")):
        text = ""
    orders = replace(orders, text=text)
    return orders, tuple(_going_along(orders, mail, agent, shown))


def _going_along(orders: Orders, mail: Mail, agent: Agent, shown: dict[str, Extent]) -> Iterator[StoredFile]:
    said = f"{orders.text}\n{orders.beside}"
    for file in mail.attachments:
        if file.content_type.casefold() in _SIGNATURES or _is_card_of(agent, file):
            continue
        if not file.content_type.startswith("image/") or file.content_id not in shown:
            # a picture that no HTML shows at a place of its own is a file like any other
            yield replace(stored(file), inline=False)
        elif label(file.filename) in said:
            yield replace(stored(file), inline=True)


def _is_card_of(agent: Agent, file: Attachment) -> bool:
    """Tell whether a file is the agent's own visiting card, which some mail programs attach to every mail."""
    if file.content_type.casefold() not in _CARDS:
        return False
    card = file.content.decode("utf-8", "replace").casefold()
    return any(address in card for address in agent.addresses)


def _is_small(file: Attachment, shown: dict[str, Extent]) -> bool:
    """Tell whether a picture is shown as small as a logo."""
    if file.content_id not in shown:
        return False
    height = shown[file.content_id].height or extent(file.content).height
    return height <= _LOGO_HEIGHT if height else file.size <= _LOGO_SIZE
