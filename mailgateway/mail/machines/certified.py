"""Receipts of certified mail (Italian PEC, RFC 6109), whose field `X-Ricevuta` says what became of a mail."""

import re

from mailgateway.mail.model import Bounce, Mail
from mailgateway.mail.wire.headers import ids_of

FIELD = "X-Ricevuta"
_FAILURES = {
    "non-accettazione": "failed",
    "errore-consegna": "failed",
    "rilevazione-virus": "failed",
    "preavviso-errore-consegna": "delayed",
}
_QUOTED = re.compile(r"[\"'“<(]([^\s\"'“”<>()@]{1,64}@[^\s\"'“”<>()@,;]{1,255})")
_MOST_READ = 20_000


def read_certified(mail: Mail) -> Bounce | None:
    """Return what a receipt says of a mail that was not delivered, or not yet; None for every other mail."""
    action = _FAILURES.get(mail.headers.get(FIELD).strip().casefold())
    if action is None:
        return None
    ours = {one.key for one in mail.to}
    people = [one for one in _QUOTED.findall(mail.text[:_MOST_READ]) if one.casefold() not in ours]
    ids = ids_of(mail.headers.get("X-Riferimento-Message-ID"), 1)
    return Bounce(
        recipient=people[0] if people else "",
        action=action,
        diagnostic=mail.subject[:1_000],
        original_message_id=ids[0] if ids else "",
    )
