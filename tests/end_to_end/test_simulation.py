"""Weeks of a desk in a minute: customers and agents with the quirks of real clients, and a truth to compare with."""

from tests.end_to_end.office import Office
from tests.simulation.play import play

SEED = 2026
MAILS = 150


def test_a_desk_that_only_uses_mail_goes_wrong_nowhere(small_office: Office) -> None:
    """Every mail is on its ticket, nothing private got out, no loop ran, every answer arrived once."""
    ending = play(small_office, MAILS, SEED)
    stories = "\n\n".join(ending.wrong[:5])
    assert not ending.wrong, f"seed {SEED}: {len(ending.wrong)} things are wrong\n{stories}"
