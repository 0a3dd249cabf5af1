"""Settlements as values."""

import pytest

from mailgateway.imap.settle import Flag


@pytest.mark.parametrize("name", ["\\Flagged", "\\Seen", "Ticketed", "$Forwarded", "a-b_c.1"])
def test_system_flags_and_keywords_are_flags(name: str) -> None:
    """RFC 3501: a flag is an atom, with a backslash before it for the system's own."""
    assert Flag(name).name == name


@pytest.mark.parametrize(
    "name", ["", "\\", "two words", "a)\r\nA1 DELETE INBOX", "a(b", 'a"b', "a*", "ą", "a\x00", "[x]"]
)
def test_what_could_end_the_command_is_no_flag(name: str) -> None:
    """Anything that is no atom is refused before it can reach the server."""
    with pytest.raises(ValueError, match="no IMAP flag"):
        Flag(name)
