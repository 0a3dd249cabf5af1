"""What a mail brings is looked at before anything of it is kept: by its kind and size, and by a virus scanner.

No transaction is open meanwhile. While the scanner gives no verdict the mail waits, and the admin is told after a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from mailgateway import log
from mailgateway.clock import monotonic
from mailgateway.desk.files.policy import Refusal
from mailgateway.desk.files.screening import judged, refused, screened, unscanned
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.policy import Policy
from mailgateway.errors import PoisonMessage, ScanFailed, TransientError
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import SCAN, beat_sparingly
from mailgateway.flows.scanner import Scanner
from mailgateway.mail.model import Attachment, Mail
from mailgateway.scan.clamd import Found, TooLarge, Verdict
from mailgateway.store.incoming.spool import Spooled

STAGE = "scan"
MOST_FAILURES = 5
"""So often is a mail tried that a scanner takes and gives no verdict on: it may be what breaks the scanner."""

_FOR_A_MAIL = timedelta(minutes=5)
"""How long a mail as a whole may be looked at: half of what the health check allows for one."""

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
            mail = _scanned(scanner, spooled, mail)
        except TransientError as error:
            beat_sparingly(desk, SCAN, str(error))
            if isinstance(error, ScanFailed) and spooled.attempts >= MOST_FAILURES:
                raise PoisonMessage(STAGE, str(error)) from None
            raise
        beat_sparingly(desk, SCAN, None)
    for file in refused(mail):
        # no word of the mail but the kind of file: names are the sender's
        _log.warning("screening.refused", why=file.refused, size=file.size)
    return incoming if mail is incoming.mail else replace(incoming, mail=mail)


def _scanned(scanner: Scanner, spooled: Spooled, mail: Mail) -> Mail:
    """Have each file looked at that is to be kept, and the mail as it came: what is no file, and what seems none to us.

    What is too large as a whole has had its files looked at. A mail that a person let in is not looked at as a whole.
    """
    until = monotonic() + _FOR_A_MAIL.total_seconds()
    verdicts = _verdicts(scanner, unscanned(mail), until)
    if not (spooled.released or spooled.as_is):
        _look_at_the_whole(scanner, spooled.raw, mail, verdicts, until)
    return judged(mail, {digest: _against(verdict) for digest, verdict in verdicts.items()})


def _look_at_the_whole(scanner: Scanner, raw: bytes, mail: Mail, known: Mapping[str, Verdict], until: float) -> None:
    """Raise PoisonMessage where something is found that no file explains, those included that are refused anyhow."""
    whole = scanner.scan(raw, until)
    if not isinstance(whole, Found) or whole in known.values():
        return
    if whole not in _verdicts(scanner, refused(mail), until).values():
        raise PoisonMessage(STAGE, f"{whole.signature} was found in the mail, and in none of its files")


def _verdicts(scanner: Scanner, files: Iterable[Attachment], until: float) -> Mapping[str, Verdict]:
    contents = {file.sha256: file.content for file in files}
    return {digest: scanner.scan(content, until) for digest, content in contents.items()}


def _against(verdict: Verdict) -> str:
    match verdict:
        case Found(signature):
            return Refusal.INFECTED.about(signature)
        case TooLarge():
            return Refusal.UNSCANNED.about()
    return ""
