"""Several calls side by side."""

import threading

import pytest

from mailgateway.store.side_by_side import side_by_side


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


def test_without_a_thread_to_spare_who_asks_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that grants no more threads costs time, and no mail."""

    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        assert side_by_side(str, range(20)) == [str(number) for number in range(20)]
    test_they_wait_beside_each_other()


def test_an_index_error_is_an_error_as_any_other() -> None:
    """It is not taken for the end of the items."""

    def fails(number: int) -> int:
        raise IndexError(number)

    with pytest.raises(IndexError):
        side_by_side(fails, range(3))
