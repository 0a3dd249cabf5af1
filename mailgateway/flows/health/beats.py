"""Signs of life: which part of the gateway did its work last, and what kept it from doing so since."""

from mailgateway import log
from mailgateway.errors import GatewayError
from mailgateway.flows.desk import Desk
from mailgateway.store import health

SEND = "send"
PRIMARY = "primary"
API = "api"
METRICS = "metrics"
SCAN = "scan"

_log = log.logger("beats")


def fetching(mailbox: str) -> str:
    """Name the fetching from a mailbox."""
    return f"fetch:{mailbox}"


def settling(mailbox: str) -> str:
    """Name the settling of a mailbox's mails on their server."""
    return f"settle:{mailbox}"


def sending(mailbox: str) -> str:
    """Name the sending from a mailbox with a server of its own or, for "", from all others."""
    return f"{SEND}:{mailbox}" if mailbox else SEND


def primary(mailbox: str) -> str:
    """Name the server that these letters leave by while their fall-back is not needed."""
    return f"{PRIMARY}:{mailbox}" if mailbox else PRIMARY


def calling(webhook: str) -> str:
    """Name the calling of a webhook."""
    return f"call:{webhook}"


def beat(desk: Desk, part: str, error: str | None) -> None:
    """Write down that a part did its work, or why it could not; a store that is away stops no part."""
    now = desk.clock()
    try:
        with desk.store.writing() as tx:
            health.beat(tx, part, now, error, desk.host)
    except GatewayError as store_error:
        _log.warning("beats.lost", name=part, why=str(store_error))
    else:
        desk.signs.give(part, now, well=error is None)


def beat_sparingly(desk: Desk, part: str, error: str | None) -> None:
    """Do so where it is news, or a while ago: for what happens all the time."""
    if desk.signs.is_due(part, desk.clock(), well=error is None):
        beat(desk, part, error)


def recover(desk: Desk, part: str) -> None:
    """Write down that a part could do its work again, though there is none to do."""
    try:
        with desk.store.writing() as tx:
            health.recover(tx, part, desk.clock(), desk.host)
    except GatewayError as store_error:
        _log.warning("beats.lost", name=part, why=str(store_error))
