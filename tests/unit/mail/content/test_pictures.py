"""Pictures within the text of a mail: their names, their extent, and ours coming back."""

import pytest

from mailgateway.mail.content.pictures import Extent, extent, shown_pictures, with_names, without_ours
from mailgateway.mail.model import Attachment, Mail
from mailgateway.mail.outgoing.tokens import is_picture_of_ours, picture_id
from mailgateway.mail.written.reply import split_reply

KEYS = (b"k" * 32, b"o" * 32)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4)
GIF = b"GIF89a" + (16).to_bytes(2, "little") + (12).to_bytes(2, "little")
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + (48).to_bytes(2) + (64).to_bytes(2) + b"\x03"


def picture(cid: str | None, name: str = "image.png", content: bytes = PNG, *, inline: bool = True) -> Attachment:
    """Return a picture that came along."""
    return Attachment(name, "image/png", content, inline, cid)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PNG, Extent(640, 480)),
        (GIF, Extent(16, 12)),
        (JPEG, Extent(64, 48)),
        (PNG[:20], Extent()),
        (b"\xff\xd8" + b"\xff\xe0\x00\x00" * 500, Extent()),
        (b"\xff\xd8\xff", Extent()),
        (b"<svg/>", Extent()),
        (b"", Extent()),
    ],
)
def test_the_extent_is_read_from_the_header(content: bytes, found: Extent) -> None:
    """Whatever else the bytes are, they do no harm."""
    assert extent(content) == found


def test_what_the_html_shows_is_found_with_its_extent() -> None:
    """Units other than pixels, and remote pictures, are left out."""
    source = '<img src="cid:a%40x" width=200 height="80px"><img src=CID:b width="50%"><img src="https://x/y.png">'
    assert shown_pictures(Mail(html_source=source)) == {"a@x": Extent(200, 80), "b": Extent(0, 0)}


def test_every_picture_gets_a_name_of_its_own() -> None:
    """Pictures that are all called image.png are told apart, and stand in the text by their names."""
    source = '<p>First <img src="cid:a"> then <img src="cid:b" alt="x"> and <img src="cid:gone" alt="y"></p>'
    mail, names = with_names(Mail(html_source=source, attachments=(picture("a"), picture("b"), picture(None))))
    assert names == {"a": "image.png", "b": "image (2).png"}
    assert [file.filename for file in mail.attachments] == ["image.png", "image (2).png", "image.png"]
    assert split_reply(mail, names).text == "First [image.png] then [image (2).png] and [y]"


def test_a_name_cannot_break_its_brackets() -> None:
    """What stands in the text is found again."""
    _, names = with_names(Mail(html_source='<img src="cid:a">', attachments=(picture("a", "a[1].png"),)))
    assert names == {"a": "a(1).png"}


def test_pictures_of_ours_are_known_by_their_id() -> None:
    """Under any key that is believed, in any case, whatever the mail program made of the bytes; no other id is."""
    ours, older = (picture_id(key, "ab" * 32, "example.com") for key in KEYS)
    forged = picture_id(b"x" * 32, "ab" * 32, "example.com")
    kept = picture(forged), picture("image001.png@01D8"), picture(None)
    mail = Mail(attachments=(picture(ours), picture(older.upper(), content=GIF), *kept))
    assert without_ours(mail, KEYS, frozenset()).attachments == kept
    assert is_picture_of_ours(ours, KEYS)


def test_a_logo_under_another_id_is_known_by_its_bytes() -> None:
    """Some mail programs give it a new id; attached as a file it is the writer's own."""
    logo, attached = picture("new@client"), picture(None, inline=False)
    mail = Mail(attachments=(logo, attached))
    assert without_ours(mail, KEYS, frozenset({logo.sha256})).attachments == (attached,)
