"""Signed reply addresses and letter ids."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailgateway.mail.outgoing.tokens import (
    ReplyToken,
    digest_address,
    is_digest_signed_for,
    is_signed_for,
    letter_id,
    read_digest_token,
    read_reply_token,
    reply_address,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
BASE = "support@example.com"
OWN = frozenset({BASE})

tickets = st.integers(min_value=1, max_value=999_999_999_999)
addressees = st.text(min_size=1, max_size=60)


def read(address: str) -> ReplyToken:
    """Read a token that must be there."""
    token = read_reply_token(address, OWN)
    assert token is not None
    return token


@given(tickets, addressees)
def test_what_is_signed_is_read_back_and_believed(ticket: int, addressee: str) -> None:
    """A reply address names its ticket and is believed for its addressee."""
    token = read(reply_address(BASE, KEY, ticket, addressee))
    assert token.ticket == ticket
    assert is_signed_for(token, (KEY,), addressee)


@given(tickets, tickets, addressees)
def test_another_ticket_is_refused(ticket: int, other: int, addressee: str) -> None:
    """A signature taken over to another ticket's address proves nothing."""
    assume(ticket != other)
    token = read(reply_address(BASE, KEY, ticket, addressee).replace(f"+t{ticket}.", f"+t{other}."))
    assert token.ticket == other
    assert not is_signed_for(token, (KEY,), addressee)


@given(tickets, addressees, addressees)
def test_another_addressee_is_refused(ticket: int, addressee: str, other: str) -> None:
    """A reply address signed for one person proves nothing about another."""
    assume(addressee.casefold() != other.casefold())
    assert not is_signed_for(read(reply_address(BASE, KEY, ticket, addressee)), (KEY,), other)


@given(tickets, addressees, st.integers(0, 19), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_signature_is_refused(ticket: int, addressee: str, place: int, letter: str) -> None:
    """Every character of the signature counts."""
    token = read(reply_address(BASE, KEY, ticket, addressee))
    changed = token.signature[:place] + letter + token.signature[place + 1 :]
    assert is_signed_for(ReplyToken(ticket, changed), (KEY,), addressee) == (changed == token.signature)


def test_old_keys_are_believed_and_foreign_ones_are_not() -> None:
    """After a change of keys, addresses signed before keep working."""
    token = read(reply_address(BASE, KEY, 10234, "jan@example.org"))
    assert is_signed_for(token, (OTHER_KEY, KEY), "jan@example.org")
    assert not is_signed_for(token, (OTHER_KEY,), "jan@example.org")
    assert not is_signed_for(token, (), "jan@example.org")


@given(tickets, st.emails())
def test_case_does_not_matter(ticket: int, addressee: str) -> None:
    """Mail systems that fold the case of an address, up or down, break no token."""
    address = reply_address(BASE, KEY, ticket, addressee)
    assert read(address.upper()) == read(address.lower()) == read(address)
    assert is_signed_for(read(address), (KEY,), addressee.upper())


@pytest.mark.parametrize(
    "address",
    [
        "support@example.com",
        "support+t10234@example.com",
        "support+t10234.@example.com",
        "support+t10234.aaaaaaaaaaaaaaaaaaa@example.com",
        "support+t10234.aaaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t10234.aaaaaaaaaaaaaaaaaaa1@example.com",
        "support+t.aaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t0.aaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t010234.aaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t1234567890123.aaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t10234.aaaaaaaaaaaaaaaaaaaa\n@example.com",
        "support+t١٢٣.aaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t10234.aaaaaaaaaaaaaaaaaaa\u212a@example.com",
        "other+t10234.aaaaaaaaaaaaaaaaaaaa@example.com",
        "support+t10234.aaaaaaaaaaaaaaaaaaaa@example.org",
        "support+t10234.aaaaaaaaaaaaaaaaaaaa",
        "",
    ],
)
def test_what_is_no_token_of_ours_gives_none(address: str) -> None:
    """Other addresses, other details and damaged tokens are no tokens."""
    assert read_reply_token(address, OWN) is None


@given(st.text(max_size=80))
def test_reading_is_total(address: str) -> None:
    """Any text at all can be asked for a token."""
    read_reply_token(address, OWN)


def test_a_base_with_a_detail_of_its_own_can_carry_tokens() -> None:
    """A mailbox whose address has a plus in it reads its own reply addresses."""
    base = "desk+support@example.com"
    token = read_reply_token(reply_address(base, KEY, 7, "jan@example.org"), frozenset({base}))
    assert token is not None
    assert token.ticket == 7


@given(st.integers(1, 9_999_999), addressees)
def test_the_local_part_fits(ticket: int, addressee: str) -> None:
    """With a base of 30 octets and ten million tickets the local part keeps within the 64 octets of RFC 5321."""
    local = reply_address(f"{'s' * 30}@example.com", KEY, ticket, addressee).partition("@")[0]
    assert len(local) <= 64


@given(st.text(max_size=80), st.text(max_size=80))
def test_letter_ids_follow_their_names(name: str, other: str) -> None:
    """The same name gives the same id, another name or key another one; it is a Message-ID as it stands."""
    made = letter_id(KEY, name, "example.com")
    assert made == letter_id(KEY, name, "example.com")
    assert (made == letter_id(KEY, other, "example.com")) == (name == other)
    assert made != letter_id(OTHER_KEY, name, "example.com")
    local, _, domain = made.partition("@")
    assert domain == "example.com"
    assert len(local) == 32
    assert local.isalnum()
    assert local.isascii()


def test_letter_ids_and_reply_signatures_are_apart() -> None:
    """The signature of a reply address cannot be read off a Message-ID that we publish."""
    address = reply_address(BASE, KEY, 10234, "jan@example.org")
    assert read(address).signature not in letter_id(KEY, "10234|jan@example.org", "example.com")


@given(tickets, addressees, addressees)
def test_the_address_of_a_digest_is_good_for_that_digest_and_reader(digest: int, reader: str, other: str) -> None:
    """It is read back in any case, believed for its reader, and no address of a ticket; nor is that one of a digest."""
    address = digest_address(BASE, KEY, digest, reader)
    token = read_digest_token(address.upper().replace("EXAMPLE.COM", "example.com"), OWN)
    assert token is not None
    assert (token.digest, is_digest_signed_for(token, (OTHER_KEY, KEY), reader)) == (digest, True)
    assert not is_digest_signed_for(token, (OTHER_KEY,), reader)
    assert is_digest_signed_for(token, (KEY,), other) is (other.casefold() == reader.casefold())
    assert read_reply_token(address, OWN) is None
    assert read_digest_token(reply_address(BASE, KEY, digest, reader), OWN) is None
    assert read_digest_token(address.replace("support+", "sales+"), OWN) is None
    moved = read_digest_token(address.replace(f"+q{digest}.", f"+q{digest + 1}."), OWN)
    assert moved is None or not is_digest_signed_for(moved, (KEY,), reader)
