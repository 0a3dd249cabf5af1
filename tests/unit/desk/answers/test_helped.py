"""Did this help? What a reply says, in many languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.answers.helped import may_judge, said_of
from mailgateway.desk.answers.knowledge import AnswerOutcome


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("yes", "en"),
        ("YES!!!", "en"),
        ("Yes, thank you!\n\nBest regards\nCarla Costa", "en"),
        ("Tak, dziękuję!", "pl"),
        ("tak", "en"),
        ("Ja, danke, das hat geholfen.\nViele Grüße\nCarla", "de"),
        ("Oui, merci beaucoup", "fr"),
    ],
)
def test_a_yes_that_stands_alone_helped(text: str, language: str) -> None:
    """Thanks and one's own name beneath say nothing more."""
    assert said_of(text, language, "Carla Costa") is AnswerOutcome.HELPED


@pytest.mark.parametrize("text", ["no", "Nie, nadal nie działa.", "Nein. Der Drucker druckt immer noch blass."])
def test_a_no_did_not_help(text: str) -> None:
    """What is wrong may follow."""
    assert said_of(text, "en") is AnswerOutcome.NOT_HELPED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("Yes, but now it is jammed", "en"),
        ("No problem, thanks", "en"),
        ("Thank you", "en"),
        ("tak", "da"),
        ("no, działa", "pl"),
        ("yes " * 200, "en"),
        ("Does it help? yes", "en"),
    ],
)
def test_anything_else_is_for_a_person(text: str, language: str) -> None:
    """More than a yes, another meaning in the language of the ticket, or too long to be one."""
    assert said_of(text, language) is None


@given(st.text(max_size=400))
def test_whatever_says_something_may_judge(text: str) -> None:
    """The quick look never passes over what the thorough one would have counted."""
    assert may_judge(text) or said_of(text) is None
