"""How a brand, a signature and pictures look in what is sent."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailgateway.config.gateway.branding import contrast_to_white
from mailgateway.desk.letters.brand import filled, spoken, unknown_places
from mailgateway.desk.model import StoredFile
from mailgateway.desk.plan import NoticeKind
from mailgateway.render.notices import Renderer
from mailgateway.render.samples.notices import samples
from mailgateway.render.words import body, shown
from tests.unit.desk.letters.test_notices import ARTICLE

RENDERER = Renderer(None, Path(__file__).parents[3] / "templates")
PICTURE = StoredFile("a b.png", "image/png", 3, "ab", inline=True, content_id='x"y@z')


def test_a_text_is_spoken_in_the_nearest_language() -> None:
    """The language itself, its base, what holds for all, English, or whatever there is."""
    texts = {"en": "E", "pl": "P", "de-at": "A"}
    assert [spoken(texts, one) for one in ("pl", "PL-PL", "de-AT", "de", "fr")] == ["P", "P", "A", "E", "E"]
    assert spoken({"pl": "P"}, "de") == "P"
    assert spoken({"": "all", "en": "E"}, "de") == "all"
    assert spoken({}, "de") == ""


def test_a_signature_is_filled_in_once() -> None:
    """A line of which nothing is left goes; what a name says is not read again."""
    values = {"agent": "{desk}", "group": "", "desk": "Example"}
    assert filled("{agent}\n{group}\n\n{desk} {x}\n", values) == "{desk}\n\nExample {x}"
    assert unknown_places("{agent} {agnet} {x}") == ("agnet", "x")


@pytest.mark.parametrize(("colour", "contrast"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54), ("#ff0000", 4.0)])
def test_contrast_is_that_of_the_standard(colour: str, contrast: float) -> None:
    """The known values of WCAG."""
    assert contrast_to_white(colour) == pytest.approx(contrast, abs=0.01)


def test_a_picture_stands_where_the_text_names_it() -> None:
    """Once for each name, escaped, never inside a link; a name that no picture has stays text."""
    html = shown("See [a b.png]\nhttps://x.example/[a b.png] [c.png] <b>", [PICTURE])
    assert html.count("<img ") == 1
    assert '<img src="cid:x%22y@z" alt="a b.png"' in html
    assert '<a href="https://x.example/[a">https://x.example/[a</a>' in html
    assert "[c.png] &lt;b&gt;" in html


def test_a_picture_that_did_not_come_along_leaves_its_name() -> None:
    """No reader sees a broken picture in what was quoted."""
    page = (
        '<p><img src="cid:gone@x" alt="lo>go"><img src="cid:x%22y@z" alt="a"><img src="data:image/png;base64,aa"></p>'
    )
    article = replace(ARTICLE, html=page, attachments=(PICTURE,))
    assert body(article) == '<p>[lo>go]<img src="cid:x%22y@z" alt="a"><img src="data:image/png;base64,aa"></p>'


def test_without_a_signature_name_and_address_stand_below() -> None:
    """And with one, that does."""
    plain, signed = (RENDERER.render(list(samples(NoticeKind.REPLY, "en"))[place]) for place in (0, 2))
    assert "-- \nAnna Kowalska · support@example.com\n#10234" in plain.text
    assert "-- \nAnna Kowalska\nHardware, Example support\nMon to Fri 8:00 to 18:00\n#10234" in signed.text
    assert signed.html is not None
    assert "Hardware, Example support<br>" in signed.html
    assert 'alt="front flap.png"' in signed.html


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_image_has_an_alternative_text(kind: NoticeKind) -> None:
    """Who does not see pictures reads what they are."""
    for notice in samples(kind, "en"):
        page = RENDERER.render(notice).html or ""
        assert all(" alt=" in tag.partition(">")[0] for tag in page.split("<img")[1:])
