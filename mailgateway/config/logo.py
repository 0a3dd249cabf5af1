"""The logo's file -> a picture that every mail program shows, or why it is none."""

from pathlib import Path

from mailgateway.desk.letters.brand import Logo
from mailgateway.mail.content.attachments import true_type
from mailgateway.mail.content.pictures import extent
from mailgateway.mail.model import Attachment

LARGEST = 50_000
"""Octets of a logo: it goes along with every mail."""

_HIGHEST, _WIDEST = 40, 200
_LOWEST = 12
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
_OTHERS = {"svg": "SVG", "webp": "WebP", "bmp": "BMP", "tif": "TIFF", "tiff": "TIFF", "ico": "ICO", "avif": "AVIF"}


def read_logo(path: Path) -> Logo | str:
    """Return the logo in a file, or in a line what is wrong with it and what would be right."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return f"{path} cannot be read ({error.strerror}): write the path of a PNG file"
    media = true_type("application/octet-stream", "", content)
    if media not in _ENDINGS:
        kind = _OTHERS.get(path.suffix[1:].casefold(), "neither PNG nor JPEG nor GIF")
        return f"{path} is {kind}, which many mail programs do not show: save it as PNG"
    if len(content) > LARGEST:
        size = path.stat().st_size
        return (
            f"{path} has {size / 1000:.0f}KB and goes along with every mail: make it smaller than {LARGEST // 1000}KB"
        )
    real = extent(content)
    if real.width < 1 or real.height < _LOWEST:
        return f"{path} is damaged, or less than {_LOWEST} pixels high: save it again, twice as large as it is shown"
    share = min(1.0, _HIGHEST / real.height, _WIDEST / real.width)
    picture = Attachment(f"logo.{_ENDINGS[media]}", media, content, inline=True)
    return Logo(picture, max(1, round(real.width * share)), max(1, round(real.height * share)))
