"""Several calls side by side."""

import threading

import pytest

from mailgateway.store.places.beside import side_by_side


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 50])
def test_results_stand_in_the_order_of_their_items(count: int) -> None:
    """However many there are, and whichever ends first."""
    assert side_by_side(str, range(count)) == [str(number) for number in range(count)]


def test_they_wait_beside_each_other() -> None:
    """Eight that wait for each other all end."""
    barrier = threading.Barrier(8, timeout=30)
    assert len(side_by_side(lambda _: barrier.wait(), range(8))) == 8


def test_an_error_is_raised_when_all_have_ended() -> None:
    """The one that failed is heard of, and no thread is left."""

    def fails(number: int) -> int:
        if number == 3:
            raise ValueError(number)
        return number

    with pytest.raises(ValueError, match="3"):
        side_by_side(fails, range(20))
    assert not [thread for thread in threading.enumerate() if thread.name == "blobs"]
