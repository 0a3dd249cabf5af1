"""What a mail brings is looked at before anything of it is kept: by its kind and size, and by a virus scanner.

No transaction is open meanwhile. While the scanner gives no verdict the mail waits, and the admin is told after a time.
"""

from dataclasses import replace
from datetime import timedelta

from mailgateway import log
from mailgateway.desk.files.policy import Refusal
from mailgateway.desk.files.screening import judged, refused, screened, unscanned
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.policy import Policy
from mailgateway.errors import PoisonMessage, ScanFailed, TransientError
from mailgateway.flows.beats import SCAN, beat
from mailgateway.flows.desk import Desk
from mailgateway.flows.scanner import Scanner
from mailgateway.scan.clamd import Found, TooLarge
from mailgateway.store import health
from mailgateway.store.incoming.spool import Spooled

STAGE = "scan"
MOST_FAILURES = 5
"""So often is a mail tried that a scanner takes and gives no verdict on: it may be what breaks the scanner."""

_TOLD_EVERY = timedelta(minutes=1)

_log = log.logger("screening")


def screen(desk: Desk, spooled: Spooled, incoming: Incoming, policy: Policy) -> Incoming:
    """Return the mail with those of its files marked that are not to be kept.

    Raises PoisonMessage where something is found in the mail and in none of its files, unless a person released it, or
    where the scanner fails at it again and again; ScannerUnavailable and ScanFailed where the mail has to wait.
    """
    mail = screened(incoming.mail, policy.files)
    scanner = desk.scanner()
    if scanner is not None:
        try:
            mail = judged(mail, {file.sha256: _against(scanner, file.content) for file in unscanned(mail)})
            if not refused(mail):
                _look_at_the_whole(scanner, spooled)
        except TransientError as error:
            beat(desk, SCAN, str(error))
            if isinstance(error, ScanFailed) and spooled.attempts >= MOST_FAILURES:
                raise PoisonMessage(STAGE, str(error)) from None
            raise
        _tell_of_life(desk)
    for file in refused(mail):
        # no word of the mail but the kind of file: names are the sender's
        _log.warning("screening.refused", why=file.refused, size=file.size)
    return incoming if mail is incoming.mail else replace(incoming, mail=mail)


def _against(scanner: Scanner, content: bytes) -> str:
    match scanner.scan(content):
        case Found(signature):
            return Refusal.INFECTED.about(signature)
        case TooLarge():
            return Refusal.UNSCANNED.about()
    return ""


def _look_at_the_whole(scanner: Scanner, spooled: Spooled) -> None:
    """Have the mail looked at as it came: what is no file, and what another reader may take for one.

    What is too large for that has had its files looked at.
    """
    verdict = scanner.scan(spooled.raw)
    if isinstance(verdict, Found) and not (spooled.released or spooled.as_is):
        raise PoisonMessage(STAGE, f"{verdict.signature} was found in the mail, and in none of its files")


def _tell_of_life(desk: Desk) -> None:
    """Write down now and then that scanning goes well, and at once when it does so again."""
    now = desk.clock()
    with desk.store.reading() as tx:
        last = health.beats(tx).get(SCAN)
    if last is None or last.error or now - last.attempt_at >= _TOLD_EVERY:
        beat(desk, SCAN, None)
