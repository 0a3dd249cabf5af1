"""A letter that does not speak of its reader is the same for all readers."""

from pathlib import Path

import pytest

from mailgateway.desk.plan import NoticeKind
from mailgateway.mail.model import Address
from mailgateway.render.notices import Renderer
from mailgateway.render.reader import Reader
from mailgateway.render.samples.notices import samples

SHIPPED = Path(__file__).parents[3] / "templates"
JAN = Address("Jan", "jan@example.org")


@pytest.mark.parametrize(
    ("kind", "is_personal"),
    [
        (NoticeKind.ACKNOWLEDGEMENT, True),
        (NoticeKind.AGENT_NOTIFICATION, False),
        (NoticeKind.AGENT_FOLLOW_UP, False),
    ],
)
def test_it_is_known_who_is_spoken_of(kind: NoticeKind, *, is_personal: bool) -> None:
    """Customers are greeted by name; what a group is told is the same for every member."""
    assert Renderer(None, SHIPPED).render(next(samples(kind, "en"))).is_personal is is_personal


@pytest.mark.parametrize("source", ["{{ recipient.name }}", "{{ recipient | mailbox }}", "{{ recipient }}"])
def test_a_template_of_ones_own_may_greet_everybody(source: str, tmp_path: Path) -> None:
    """Whatever way a template takes to the reader, it is noticed."""
    (tmp_path / "agent_notification.txt").write_text(source, "utf-8")
    rendered = Renderer(tmp_path, SHIPPED).render(next(samples(NoticeKind.AGENT_NOTIFICATION, "en")))
    assert rendered.defects == ()
    assert rendered.is_personal


def test_a_reader_is_the_address() -> None:
    """Templates compare it with others as before, and that is asking for it."""
    reader = Reader(JAN)
    assert not reader.was_asked_for
    assert reader == JAN
    assert {reader} == {Reader(JAN)}
    assert reader.was_asked_for
