"""A brand as the templates of one language see it."""

from base64 import b64encode
from dataclasses import dataclass

from mailgateway.desk.letters.brand import Brand, Logo, spoken
from mailgateway.desk.plan import Notice


@dataclass(frozen=True, slots=True)
class ShownLogo:
    """A logo in HTML: what `src` says, and how large it is shown."""

    source: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ShownBrand:
    """What a template may show of a brand: texts may be empty, the logo may be none."""

    name: str = ""
    colour: str = ""
    website: str = ""
    footer: str = ""
    logo: ShownLogo | None = None


def shown_brand(brand: object, language: str) -> ShownBrand:
    """Return a brand in a language; for what is no brand, one that shows nothing."""
    if not isinstance(brand, Brand):
        return ShownBrand()
    logo = _shown(brand.logo) if brand.logo is not None and brand.logo.file.content_id else None
    return ShownBrand(brand.name, brand.colour, brand.website, spoken(brand.footer, language), logo)


def _shown(logo: Logo) -> ShownLogo:
    return ShownLogo(f"cid:{logo.file.content_id}", logo.width, logo.height)


def with_logo(page: str | None, notice: Notice) -> str | None:
    """Return a page that a browser shows by itself: with the logo written out where a letter has it as a part."""
    brand = notice.values.get("brand")
    logo = brand.logo if isinstance(brand, Brand) else None
    if page is None or logo is None:
        return page
    written = b64encode(logo.file.content).decode("ascii")
    return page.replace(_shown(logo).source, f"data:{logo.file.content_type};base64,{written}")
