"""How much of one mail is read. What lies beyond a limit is kept as an attachment or named in `defects`, never lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep any mail within two seconds and a small multiple of its size in memory.

    The defaults lie far beyond what people send, and far below what hurts.
    """

    depth: int = 30
    """Levels of nested multiparts that are opened; a deeper one is kept closed, as an attachment."""

    parts: int = 1_000
    """Leaves of the MIME tree; what follows the last one is kept together as a single attachment.

    Files that are found within parts (uuencoded, in winmail.dat, in a signature) are counted as well.
    """

    header_fields: int = 1_000
    """Header fields of one part; the rest is dropped with a defect (the raw mail keeps it)."""

    field_bytes: int = 65_536
    """Bytes of one header field; a longer one is cut with a defect."""

    header_bytes: int = 1_048_576
    """Bytes of one header block that are looked at."""

    addresses: int = 1_000
    """Addresses of one field."""

    references: int = 200
    """Ids of one field, the last ones being the nearest relatives."""

    charset_guesses: int = 50
    """Charsets that are guessed, wherever a label is missing or wrong; what follows is read like the last one."""

    text_chars: int = 1_000_000
    """Characters of the text; a longer body is attached whole as well."""

    html_chars: int = 700_000
    """Characters of HTML that are read; a longer one is attached as it came, and not shown."""

    html_tags: int = 50_000
    """Tags of an HTML body that are read; one with more is attached as it came, and not shown."""

    html_attributes: int = 10_000
    """Attributes of one tag of an HTML body that is shown."""

    html_depth: int = 500
    """Nested elements of an HTML body that is shown; a deeper one gives text only."""


DEFAULT = Limits()
