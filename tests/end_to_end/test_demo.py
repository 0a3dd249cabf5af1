"""The demonstration, as a visitor starts it."""

import pytest

from mailgateway.demo import story


def test_the_story_is_told_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Real servers, a real daemon, and every act of it: the letters that it waits for come."""
    assert story.run(once=True) == 0
    told = capsys.readouterr().out
    for act in ("It is a ticket", "She is acknowledged at once", "What Bob was sent", "Bob is told", "The status mail"):
        assert act in told
    assert "Perfect, thank you!" in told
    assert "quarantine" in told
