"""The errors of the gateway, in three kinds, translated once at the edge that owns the library.

    GatewayError
     ├─ TransientError             the world may be better later: back off and try again
     │    ├─ MailboxUnavailable    network, time-out, BYE, NO [UNAVAILABLE]
     │    ├─ SmtpUnavailable       no connection, time-out before a mail was offered, 421 greeting
     │    ├─ WebhookUnavailable    nobody answers where a webhook is called
     │    ├─ ScannerUnavailable    no virus scanner takes what has to be scanned
     │    ├─ ScanFailed            the scanner took it, and gave no verdict
     │    ├─ TokenUnavailable      no access token at the moment: token endpoint or command out of order
     │    └─ StoreBusy             locked, deadlock, serialisation, a unique race
     │        └─ BlobsAway         the disk or the object store of the blobs does not answer
     ├─ PermanentError             fails the same way again: stop, tell a person, keep the evidence
     │    ├─ LoginRefused          wrong password, consent withdrawn: backs off for minutes, never hammers
     │    ├─ FolderMissing         no such IMAP folder, and it cannot be made
     │    └─ StoreUnusable         no such database, wrong schema revision, no rights
     ├─ PoisonMessage              this one mail breaks us: quarantined with its stage, the next one proceeds
     └─ ConfigError                wrong configuration: all findings at once, each with its place and its mend

Messages say what is wrong and what would be right; they never carry a secret or the text of a mail.
"""

from dataclasses import dataclass


class GatewayError(Exception):
    """Any error that the gateway itself raises."""


class TransientError(GatewayError):
    """May succeed when tried again later."""


class MailboxUnavailable(TransientError):
    """The IMAP server cannot be used at the moment."""


class SmtpUnavailable(TransientError):
    """The SMTP server cannot be used at the moment."""


class WebhookUnavailable(TransientError):
    """A webhook cannot be called at the moment."""


class TokenUnavailable(TransientError):
    """No access token can be had at the moment: the token endpoint or the token command is out of order."""


class ScannerUnavailable(TransientError):
    """Nothing can be scanned at the moment, whatever it is."""


class ScanFailed(TransientError):
    """The scanner took something and gave no verdict about it; that may be the fault of what it took."""


class StoreBusy(TransientError):
    """Another writer was first; the same work done again will see its result."""


class BlobsAway(StoreBusy):
    """The blobs cannot be reached: no race, so the same work done again at once meets the same."""


class PermanentError(GatewayError):
    """Will fail in the same way until a person changes something."""


class LoginRefused(PermanentError):
    """The server knows us and says no."""


class FolderMissing(PermanentError):
    """The IMAP folder is not there, and cannot be made."""


class StoreUnusable(PermanentError):
    """The database or blob store is not there, or not ours to use."""


class PoisonMessage(GatewayError):
    """A mail that cannot be processed; `stage` names the step that met it."""

    def __init__(self, stage: str, problem: str) -> None:
        super().__init__(f"{stage}: {problem}")
        self.stage = stage
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a configuration file; `line` and `column` count from 1, 0 where unknown."""

    file: str
    line: int
    column: int
    problem: str

    def __str__(self) -> str:
        """Give `FILE:LINE:COLUMN: what is wrong, and what would be right`; the place as far as it is known."""
        column = f":{self.column}" if self.column else ""
        place = f"{self.file}:{self.line}{column}" if self.line else self.file
        return f"{place}: {self.problem}"


class ConfigError(GatewayError):
    """The configuration cannot be used; carries every finding, not the first alone."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
