"""A brand as the templates of one language see it."""

from dataclasses import dataclass

from mailgateway.desk.letters.brand import Brand, Logo, spoken


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
