"""How the letters of a desk look and sign: its name, logo, colour, and the lines below what is said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgateway.mail.model import Attachment

Texts = Mapping[str, str]
"""A text by the language it is in; "" stands for any."""

PLACES = ("agent", "group", "desk", "address")
_PLACE = re.compile(r"\{([a-z_]{1,20})\}")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture and how large it is shown, in CSS pixels. `file` has no Content-ID: that is signed for each desk."""

    file: Attachment
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """What letters to customers have of the company: all of it may be empty. `colour` is `#rrggbb`."""

    name: str = ""
    colour: str = ""
    website: str = ""
    footer: Texts = field(default_factory=dict)
    signature: Texts = field(default_factory=dict)
    logo: Logo | None = None


PLAIN = Brand()


def spoken(texts: Texts, language: str) -> str:
    """Return a text in a language: in that, its base language, or what holds for all; else in English, or any."""
    tag = language.casefold()
    wanted = (tag, tag.partition("-")[0], "", "en")
    return next((texts[one] for one in wanted if one in texts), next(iter(texts.values()), ""))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its places, such as {agent}, filled in; a line of which nothing is left goes."""
    lines = text.strip("\n").split("\n")
    made = [(line, _PLACE.sub(lambda found: values.get(found[1], found[0]), line)) for line in lines]
    return "\n".join(new.rstrip() for line, new in made if new.strip() or not line.strip())


def unknown_places(text: str) -> tuple[str, ...]:
    """Return the names in braces that a signature cannot fill in."""
    return tuple(dict.fromkeys(name for name in _PLACE.findall(text) if name not in PLACES))
