"""When a mailbox is looked at again."""

from datetime import timedelta

from mailgateway.daemon.rhythm import FIRST, LAST, Rhythm


def test_a_silent_mailbox_is_waited_for() -> None:
    """Without mail the server's announcement is waited for, look after look."""
    rhythm = Rhythm()
    assert {rhythm.next(0) for _ in range(1000)} == {None}


def test_after_mail_it_is_looked_at_ever_more_slowly() -> None:
    """Every mail begins it anew; together the pauses are longer than a server keeps its news back."""
    rhythm = Rhythm()
    assert [rhythm.next(3), rhythm.next(0), rhythm.next(1), rhythm.next(0)] == [FIRST, 2 * FIRST, FIRST, 2 * FIRST]
    pauses = [FIRST, 2 * FIRST]
    while (pause := rhythm.next(0)) is not None:
        assert pause == 2 * pauses[-1]
        pauses.append(pause)
    assert pauses[-1] == LAST
    assert rhythm.next(0) is None
    assert sum(pauses, timedelta()) >= timedelta(milliseconds=500)


def test_a_sign_of_life_is_given_once_a_second() -> None:
    """However often it is looked."""
    rhythm = Rhythm()
    assert [rhythm.is_sign_due(now) for now in (5.0, 5.5, 5.9, 6.0, 6.1)] == [True, False, False, True, False]
