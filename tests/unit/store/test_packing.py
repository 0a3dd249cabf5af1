"""Packing: any bytes come back, and nothing is searched for what repeats where nothing does."""

import base64
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.store.packing import packed

NOISE = Random(1).randbytes(300_000)
PROSE = b"The printer on the second floor is out of toner again, and nobody knows where it is kept.\r\n" * 4_000


@given(st.binary(max_size=300), st.integers(1, 2_000))
def test_any_bytes_come_back(piece: bytes, times: int) -> None:
    """Small or large, whatever repeats in them."""
    assert zlib.decompress(packed(piece * times)) == piece * times


@pytest.mark.parametrize(
    "raw", [NOISE, base64.encodebytes(NOISE), PROSE, PROSE + NOISE], ids=["noise", "base64", "prose", "both"]
)
def test_it_is_packed_as_well_as_by_searching(raw: bytes) -> None:
    """What holds nothing twice is no larger for not being searched, and prose is."""
    assert len(packed(raw)) <= 1.01 * len(zlib.compress(raw, 1))


def test_what_holds_nothing_twice_is_not_searched() -> None:
    """Counting alone packs base64 better than the quick search does; that it does tells which was taken."""
    encoded = base64.encodebytes(NOISE)
    assert len(packed(encoded)) < 0.98 * len(zlib.compress(encoded, 1))
