"""What a mail is once it is understood: frozen values, no bytes of the wire left but those of attachments."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 section 3.4: display name (may be empty) and addr-spec, as written."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The form in which addresses are compared and looked up: casefolded."""
        return self.address.casefold()

    @property
    def domain(self) -> str:
        """The part after the last @, casefolded; empty where there is none."""
        return self.key.rpartition("@")[2] if "@" in self.address else ""

    @property
    def is_whole(self) -> bool:
        """Whether mail can be sent there: neither the local part nor the domain is missing."""
        return bool(self.domain) and not self.address.startswith("@")

    @property
    def shown(self) -> str:
        """The person as people read it: `Name <address>`, or the address alone."""
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True)
class Headers:
    """Header fields in the order of the wire, names as written, values unfolded and decoded to text."""

    fields: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        # a mail is asked for some ninety fields
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in self.fields:
            found[name.casefold()].append(value)
        return {name: tuple(values) for name, values in found.items()}

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field `name` (any case), topmost first."""
        return self._by_name.get(name.casefold(), ())

    def get(self, name: str, default: str = "") -> str:
        """Return the topmost value of the field `name` (any case), or `default`."""
        return next(iter(self.all(name)), default)

    def __contains__(self, name: str) -> bool:
        """Tell whether the field `name` (any case) is there."""
        return name.casefold() in self._by_name

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Walk over (name, value) pairs, topmost first."""
        return iter(self.fields)


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail; `content` holds the decoded bytes.

    `refused` says why it is not kept (`desk.files.policy.Refusal`, and what was found), "" where it is.
    """

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    inline: bool = False
    content_id: str | None = None
    refused: str = ""

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self.content)

    @cached_property
    def sha256(self) -> str:
        """Digest of the content, in hexadecimal."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Mail:
    """A parsed message. Every field is there whatever the bytes were; what was odd about them stands in `defects`.

    Ids carry no angle brackets. `text` is the best plain text of the whole body, quotations included; `html` is
    sanitised; `date` is aware and in UTC.
    """

    subject: str = ""
    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: Headers = Headers()
    text: str = field(default="", repr=False)
    html: str | None = field(default=None, repr=False)
    html_source: str | None = field(default=None, repr=False)
    """The HTML as it came: never to be shown, only read for its structure (where does the quotation begin?)."""
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    forwarded_from: Address | None = None
    """Who wrote the mail that this one forwards, as the forwarder's mail program says; proves nothing."""
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the writer wrote: the text without quoted history and signature; `quoted` tells that something was cut.

    `forwarded` is the mail at the end of `text` that the writer passes on, with the lines that introduce it.
    """

    text: str
    quoted: bool
    forwarded: str = ""


class Kind(StrEnum):
    """What kind of mail it is. Only `NORMAL` comes from a person and moves a ticket."""

    NORMAL = "normal"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    DELIVERY_DELAY = "delivery_delay"
    BULK = "bulk"
    LOOP = "loop"
    READ_RECEIPT = "read_receipt"
    ABUSE_REPORT = "abuse_report"
    CHALLENGE = "challenge"
    CALENDAR_ANSWER = "calendar_answer"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says (RFC 3464); every field is empty where the report is silent."""

    recipient: str = ""
    status: str = ""
    action: str = ""
    diagnostic: str = ""
    original_message_id: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a mail, with the evidence for it; `answerable` is false where no automatic mail may go back.

    `about` is the Message-ID of the mail that a report or receipt is about, "" where it names none.
    """

    kind: Kind
    reasons: tuple[str, ...] = ()
    answerable: bool = True
    bounce: Bounce | None = None
    about: str = ""

    @property
    def is_machine(self) -> bool:
        """Tell whether a machine wrote it: it opens no clock, reopens nothing, changes no owner."""
        return self.kind is not Kind.NORMAL


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two copies of a mail the same mail, wherever and however often they were delivered.

    `message_id` is empty where the mail has none; `fingerprint` is a digest of what the writer sent, without the
    trace fields that each delivery adds.
    """

    message_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished outgoing mail: envelope and bytes. A retry sends exactly this again."""

    message_id: str
    envelope_from: str
    recipient: str
    content: bytes = field(repr=False)

    @property
    def header(self) -> bytes:
        """Return the bytes before the first empty line."""
        end = self.content.find(b"\r\n\r\n")
        return self.content if end < 0 else self.content[:end]
