"""What comes back: answers to our notices, quoted by mail programs that we know nothing of."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgateway.desk.plan import NoticeKind
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.compose import Outgoing, compose
from mailgateway.mail.parse import parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.render.notices import Renderer
from mailgateway.render.samples.notices import samples

SHIPPED = Path(__file__).parents[3] / "templates"
UNANSWERED = (
    NoticeKind.REJECTED,
    NoticeKind.ALARM,
    NoticeKind.REPORT,
    NoticeKind.CUSTOMER_REPORT,
    NoticeKind.DIGEST,
)
ANSWERED = [kind for kind in NoticeKind if kind not in UNANSWERED]


def answer(text: str, html: str | None) -> str:
    """Return what our reader of replies takes for the writer's own words."""
    person = Address("Jan", "jan@example.org")
    made = Outgoing(
        "a@example.org", datetime(2026, 3, 2, tzinfo=UTC), person, person, person, "Re:", text, html, "no", "x"
    )
    return split_reply(parse(compose(made))).text


@pytest.mark.parametrize("language", ["en", "pl", "de"])
@pytest.mark.parametrize("kind", ANSWERED)
def test_only_the_answer_is_left(kind: NoticeKind, language: str) -> None:
    """Under an unknown introduction, without one, quoted or not: our own words are never taken for the writer's."""
    ours = Renderer(None, SHIPPED).render(next(samples(kind, language)))
    quoted = "\n".join(f"> {line}" for line in ours.text.split("\n"))
    assert answer(f"Thank you!\n\n{ours.text}", None) == "Thank you!"
    assert answer(f"Thank you!\n\nJan skrev klokka 12:\n{quoted}", None) == "Thank you!"
    page = f"<div>Thank you!</div><br><blockquote>{ours.html}</blockquote>"
    assert answer(f"Thank you!\n\n{ours.text}", page) == "Thank you!"
