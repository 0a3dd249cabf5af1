"""What gateway.yaml may say of how much of one mail is looked at."""

from typing import Any

from pydantic import Field

from mailgateway.config.reading.kinds import Strict
from mailgateway.mail.limits import DEFAULT as READ
from mailgateway.mail.limits import Limits as ReadingLimits


def _most(default: int, description: str) -> Any:
    """Describe a bound that may be set from 1 to ten times its default."""
    return Field(default=default, strict=True, ge=1, le=10 * default, description=description)


class Reading(Strict):
    """How much of one mail is looked at. What lies beyond is kept as an attachment, or named where it was dropped."""

    depth: int = _most(READ.depth, "levels of parts within parts that are opened")
    parts: int = _most(READ.parts, "parts of one mail; the rest is kept together as one attachment")
    header_fields: int = _most(READ.header_fields, "header fields of one part")
    field_bytes: int = _most(READ.field_bytes, "bytes of one header field")
    header_bytes: int = _most(READ.header_bytes, "bytes of one header block")
    addresses: int = _most(READ.addresses, "addresses of one header field")
    references: int = _most(READ.references, "message ids of one header field, the last ones")
    charset_guesses: int = _most(READ.charset_guesses, "charsets of one mail that are guessed where no label is right")
    text_chars: int = _most(READ.text_chars, "characters of the text")
    html_chars: int = _most(READ.html_chars, "characters of HTML that are read and shown")
    html_tags: int = _most(READ.html_tags, "tags of HTML that are read and shown")
    html_attributes: int = _most(READ.html_attributes, "attributes of one tag, for the HTML to be shown")
    html_depth: int = _most(READ.html_depth, "elements within elements, for the HTML to be shown")

    def as_limits(self) -> ReadingLimits:
        """Return the plain value that the parser takes."""
        return ReadingLimits(**self.model_dump())
