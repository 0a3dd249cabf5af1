"""What a spreadsheet or a terminal makes of a report's rows."""

import pytest

from mailgateway.reports.export import harmless


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("Printer;=HYPERLINK(A1)", "Printer;'=HYPERLINK(A1)"),
        ('Printer; "=1+1"', 'Printer;\' "=1+1"'),
        ("\t=1+1", "' =1+1"),
        ("Printer\r\n=1+1", "Printer =1+1"),
        ("Printer\x1b[2J\u202egnp", "Printer [2J gnp"),
        ("a-b; c = d, e", "a-b; c = d, e"),
    ],
)
def test_no_text_is_a_formula_or_moves_a_cursor(written: str, safe: str) -> None:
    """Neither at its beginning nor behind a semicolon, which parts the cells where a comma stands in numbers."""
    assert harmless(written) == safe


def test_what_is_no_text_stays_as_it_is() -> None:
    """A difference may be negative."""
    assert (harmless(-5), harmless(None)) == (-5, None)
