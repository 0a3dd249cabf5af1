"""How mails look and sign: the company's name, logo and colour, and the lines below what is said."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from mailgateway.config.reading.kinds import Line, LocalPath, Strict, wrong
from mailgateway.desk.letters.brand import PLACES, Texts, unknown_places
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import described, excerpt

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_WEBSITE = re.compile(r"https?://[\w-]{1,63}(?:\.[\w-]{1,63}){0,10}(?::\d{1,5})?(?:/[!#-;=?-~]{0,300})?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}")
_MOST_LINES = 12
_LONGEST = 1_000
_READABLE = 4.5
"""The contrast that text needs against its ground (WCAG 2.2, 1.4.3)."""


def _spoken(written: object) -> Texts:
    """Read a text, or texts by their language; "" stands for any."""
    texts = {"": written} if isinstance(written, str) else written
    if not isinstance(texts, dict) or not texts:
        wrong(f"a text belongs here, or texts by language such as {{en: TEXT, pl: TEXT}}, not {described(written)}")
    return {_language(language): _lines(text) for language, text in texts.items()}


def _language(written: object) -> str:
    tag = str(written).casefold()
    if tag and not _LANGUAGE.fullmatch(tag):
        wrong(f"{excerpt(str(written))} is no language: write one such as en, pl or de-at")
    return tag


def _lines(written: object) -> str:
    lines = written.strip().split("\n") if isinstance(written, str) else []
    fits = len(lines) <= _MOST_LINES and sum(map(len, lines)) <= _LONGEST and all(line.isprintable() for line in lines)
    if not fits or not any(line.strip() for line in lines):
        wrong(f"this does not fit: write a text of up to {_MOST_LINES} lines and {_LONGEST} letters in all")
    return "\n".join(line.rstrip() for line in lines)


def _signature(texts: Texts) -> Texts:
    for name in [name for text in texts.values() for name in unknown_places(text)]:
        wrong(f"{{{name}}} is nothing that a signature knows; {instead(name, PLACES)}")
    return texts


def _website(written: str) -> str:
    if not _WEBSITE.fullmatch(written):
        wrong(f"{excerpt(written)} is no web address: write it whole, such as https://www.example.com")
    return written


def _colour(written: str) -> str:
    if not _COLOUR.fullmatch(written):
        wrong(f'{excerpt(written)} is no colour: write it as "#rrggbb", in quotes, such as "#1d5bbf"')
    colour = written.casefold()
    contrast = contrast_to_white(colour)
    if contrast < _READABLE:
        wrong(
            f"{colour} cannot be read on white: its contrast is {contrast:.1f}, and should be {_READABLE} or more; "
            f'take a darker one, such as "{_darker(colour)}"'
        )
    return colour


def contrast_to_white(colour: str) -> float:
    """Return the contrast of a colour against white, from 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _darker(colour: str) -> str:
    """Return the lightest shade of a colour, in steps of a twentieth, that can be read on white."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    shades = ("#" + "".join(f"{one * share // 20:02x}" for one in parts) for share in range(19, -1, -1))
    return next(shade for shade in shades if contrast_to_white(shade) >= _READABLE)


_BY_LANGUAGE = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
_SPOKEN_SCHEMA = WithJsonSchema(_BY_LANGUAGE)

Spoken = Annotated[Texts, PlainValidator(_spoken), PlainSerializer(dict), _SPOKEN_SCHEMA]
Signature = Annotated[
    Texts, PlainValidator(lambda written: _signature(_spoken(written))), PlainSerializer(dict), _SPOKEN_SCHEMA
]
Website = Annotated[
    str, AfterValidator(_website), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"})
]
Colour = Annotated[str, AfterValidator(_colour), WithJsonSchema({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"})]


class Branding(Strict):
    """How mails to customers look, and how agents' answers are signed."""

    name: Line | None = Field(default=None, description="the company's name; without it, that of the mailbox")
    logo: LocalPath | None = Field(
        default=None, description="a PNG, JPEG or GIF of up to 50KB, shown at most 40 pixels high and 200 wide"
    )
    colour: Colour | None = Field(default=None, description='of links and of the edge of mails, such as "#1d5bbf"')
    website: Website | None = Field(default=None, description="where a click on the logo or name leads")
    footer: Spoken | None = Field(
        default=None, description="lines below each mail, such as your postal address; a text, or one by language"
    )
    signature: Signature | None = Field(
        default=None,
        description="what stands under agents' answers, with {agent}, {group}, {desk}, {address}; or one by language",
    )

    def over(self, other: "Branding") -> "Branding":
        """Return this one, with what the other says where this one says nothing."""
        said = {key: value for key, value in self if value is not None}
        return other.model_copy(update=said)


def texts_of(branding: Branding) -> Iterator[tuple[str, Texts]]:
    """Give every text that customers read, by its key."""
    for key, texts in (("footer", branding.footer), ("signature", branding.signature)):
        if texts:
            yield key, texts
