"""Cutting mails into batches."""

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.imap.fetch import RemoteMail, batches


def _mails(*sizes: int) -> list[RemoteMail]:
    return [RemoteMail(uid, size, None) for uid, size in enumerate(sizes, 1)]


def _sizes(sizes: list[int], most: int, most_bytes: int) -> list[list[int]]:
    return [[mail.size for mail in batch] for batch in batches(_mails(*sizes), most, most_bytes)]


def test_batches_are_bounded_by_number() -> None:
    """No batch has more than `most` mails."""
    assert _sizes([1, 1, 1, 1, 1], 2, 100) == [[1, 1], [1, 1], [1]]


def test_batches_are_bounded_by_bytes() -> None:
    """No batch of several mails holds more than `most_bytes`."""
    assert _sizes([40, 40, 40, 10], 50, 100) == [[40, 40], [40, 10]]


def test_a_mail_larger_than_a_batch_travels_alone() -> None:
    """A mail over `most_bytes` is neither dropped nor joined by others."""
    assert _sizes([10, 500, 10], 50, 100) == [[10], [500], [10]]


def test_no_mails_are_no_batches() -> None:
    """Nothing in, nothing out."""
    assert _sizes([], 50, 100) == []


@given(st.lists(st.integers(0, 200)), st.integers(1, 10), st.integers(1, 150))
def test_batches_keep_every_mail_in_order_within_the_bounds(sizes: list[int], most: int, most_bytes: int) -> None:
    """Joined together again the batches are the mails, and each batch keeps both bounds or is one mail."""
    cut = list(batches(_mails(*sizes), most, most_bytes))
    assert [mail for batch in cut for mail in batch] == _mails(*sizes)
    assert all(0 < len(batch) <= most for batch in cut)
    assert all(len(batch) == 1 or sum(mail.size for mail in batch) <= most_bytes for batch in cut)
