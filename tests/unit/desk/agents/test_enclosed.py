"""What goes along with an agent's answer: what they pasted, and nothing of their signature."""

from dataclasses import replace

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.letters.audience import FOR_CUSTOMERS
from mailgateway.desk.model import Article
from mailgateway.desk.plan import AddArticle, Disposition, Plan
from mailgateway.desk.threads.thread import bound_to_agent
from mailgateway.mail.content.pictures import with_names
from mailgateway.mail.model import Attachment
from mailgateway.mail.outgoing.tokens import is_picture_of_ours
from mailgateway.mail.written.reply import split_reply
from tests.unit.desk.builders import (
    ANNA,
    FROM_ANNA,
    KEY,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    token,
)

LOGO_SIZE, SCREEN_SIZE = (90).to_bytes(4) + (40).to_bytes(4), (1280).to_bytes(4) + (800).to_bytes(4)
QUOTED = '<blockquote type="cite"><p>It prints stripes.</p><img src="cid:theirs"></blockquote>'
SIGNED = '<p>Kind regards<br>Anna Kowalska<br><img src="cid:logo"><br>Example Ltd<br>T +44 20 7946 0018</p>'


def png(cid: str | None, extent: bytes, name: str = "image.png") -> Attachment:
    """Return a picture within a mail."""
    content = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + extent + (cid or "").encode()
    return Attachment(name, "image/png", content, inline=True, content_id=cid)


SCREEN, LOGO, THEIRS = png("screen", SCREEN_SIZE), png("logo", LOGO_SIZE, "logo.png"), png("theirs", SCREEN_SIZE)


def answered(html: str, *files: Attachment) -> Plan:
    """Let Anna's mail program answer with HTML and these files."""
    mail = make_mail("", sender=FROM_ANNA, to=(token(bound_to_agent(ANNA)),), html_source=html, attachments=files)
    mail, names = with_names(mail)
    incoming = replace(make_incoming(mail), reply=split_reply(mail, names))
    return decide_mail(incoming, make_facts(make_candidate()), make_policy())


def sent(plan: Plan) -> Article:
    """Return what Carla gets."""
    (letter,) = (one for one in plan.notices if one.kind in FOR_CUSTOMERS)
    assert letter.article
    return letter.article


def test_a_pasted_picture_goes_along_at_its_place() -> None:
    """The signature's logo and what was quoted stay behind; the picture gets an id of ours."""
    plan = answered(f"<p>Push this:</p><p><img src='cid:screen'></p>{SIGNED}{QUOTED}", SCREEN, LOGO, THEIRS)
    article = sent(plan)
    assert article.text == "Push this:\n\n[image.png]\n\nKind regards\nAnna Kowalska"
    (file,) = article.attachments
    assert (file.filename, file.inline, file.sha256) == ("image.png", True, SCREEN.sha256)
    assert is_picture_of_ours(file.content_id or "", (KEY,))


def test_a_picture_alone_is_an_answer() -> None:
    """Somebody who pastes a screenshot and writes nothing has said something."""
    article = sent(answered(f"<p><img src='cid:screen'></p>{QUOTED}", SCREEN, THEIRS))
    assert (article.text, [file.sha256 for file in article.attachments]) == ("[image.png]", [SCREEN.sha256])


@pytest.mark.parametrize(
    "html",
    [
        "<img src='cid:logo'>",
        SIGNED,
        "<div class='gmail_signature'>Anna <img src='cid:logo'></div>",
        "<p>#solved</p><p><img src='cid:logo'></p>",
    ],
)
def test_a_logo_alone_is_none(html: str) -> None:
    """What the mail program adds by itself sends nothing."""
    plan = answered(html + QUOTED, LOGO, THEIRS)
    assert [one.kind for one in plan.notices if one.kind in FOR_CUSTOMERS and one.article] == []
    assert not [change for change in plan.changes if isinstance(change, AddArticle)]
    assert (plan.disposition is Disposition.REFUSED) is ("#solved" not in html)


def test_the_size_that_is_shown_tells_a_logo() -> None:
    """A large picture that is shown small is one; a small one within the words is none."""
    large = png("logo", SCREEN_SIZE, "logo.png")
    assert answered("<img src='cid:logo' height='40'>" + QUOTED, large).disposition is Disposition.REFUSED
    article = sent(answered("<p>Press <img src='cid:logo'> twice.</p>", LOGO))
    assert (article.text, len(article.attachments)) == ("Press [logo.png] twice.", 1)


def test_a_picture_that_no_html_places_is_a_file() -> None:
    """Some mail programs put pictures beside the text, without saying where."""
    loose = png(None, SCREEN_SIZE, "photo.png")
    (file,) = sent(answered("<p>Like this.</p>", loose)).attachments
    assert (file.filename, file.inline) == ("photo.png", False)
    assert len(sent(answered(QUOTED, loose, THEIRS)).attachments) == 1


def test_a_picture_in_a_note_stays_with_the_note() -> None:
    """It goes to no customer."""
    html = "<p>Solved.</p><p>#note</p><p>Their mess: <img src='cid:screen'></p>"
    plan = answered(html, SCREEN)
    assert sent(plan).attachments == ()
    articles = [change.article for change in plan.changes if isinstance(change, AddArticle)]
    assert [len(one.attachments) for one in articles] == [0, 1]


def test_a_visiting_card_of_the_agent_stays_behind() -> None:
    """It has their own address and telephone; another card is what they send."""
    own, other = (
        Attachment(f"{name}.vcf", "text/vcard", f"BEGIN:VCARD\r\nEMAIL:{address}\r\n".encode())
        for name, address in (("anna", "Anna@example.com"), ("maker", "sales@maker.example"))
    )
    assert [file.filename for file in sent(answered("<p>Call them.</p>", own, other)).attachments] == ["maker.vcf"]
