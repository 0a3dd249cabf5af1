"""How a ticket's status follows from what people do."""

import pytest

from mailgateway.desk.lifecycle import after_answer, after_follow_up
from mailgateway.desk.model import Status


@pytest.mark.parametrize(
    ("status", "followed_up", "answered"),
    [
        (Status.NEW, Status.NEW, Status.OPEN),
        (Status.OPEN, Status.OPEN, Status.OPEN),
        (Status.PENDING, Status.OPEN, Status.PENDING),
        (Status.ON_HOLD, Status.ON_HOLD, Status.ON_HOLD),
        (Status.SOLVED, Status.OPEN, Status.SOLVED),
        (Status.CLOSED, Status.OPEN, Status.CLOSED),
    ],
)
def test_writing_again_wakes_a_ticket_and_answering_opens_a_new_one(
    status: Status, followed_up: Status, answered: Status
) -> None:
    """A follow-up wakes what waited or was done with; an answer only says that somebody began."""
    assert after_follow_up(status) is followed_up
    assert after_answer(status) is answered
