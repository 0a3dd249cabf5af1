"""Envelope senders that name their letter."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.outgoing.tokens import letter_id
from mailgateway.mail.outgoing.verp import read_verp_address, verp_address

OWN = frozenset({"support@example.com"})
ID = letter_id(b"key", "mail-1/acknowledgement/carla@customer.example", "example.com")


@given(st.binary(min_size=1), st.text(), st.sampled_from([str.upper, str.lower, str.title]))
def test_a_letter_is_read_back_however_its_case_was_folded(key: bytes, name: str, fold: Callable[[str], str]) -> None:
    """What was written into an envelope sender comes out of it, with 64 octets before the @ at most."""
    message_id = letter_id(key, name, "example.com")
    address = verp_address("support@example.com", message_id)
    assert len(address.rpartition("@")[0]) <= 64
    assert read_verp_address(fold(address), OWN, "example.com") == message_id


def test_an_address_without_room_stays_as_it_is() -> None:
    """A local part of more than 64 octets would be refused."""
    long = f"{'s' * 40}@example.com"
    assert verp_address(long, ID) == long


@pytest.mark.parametrize(
    "address",
    [
        "support@example.com",
        "support+b.@example.com",
        "support+b.abc@example.com",
        f"support+b.{'1' * 32}@example.com",
        f"support+b.{'a' * 33}@example.com",
        f"other+b.{'a' * 32}@example.com",
        f"support+b.{'a' * 32}@other.example",
        f"support+t1.{'a' * 20}@example.com",
        "",
        "@",
    ],
)
def test_other_addresses_name_no_letter(address: str) -> None:
    """Only one of ours with the mark of a letter does."""
    assert read_verp_address(address, OWN, "example.com") == ""
