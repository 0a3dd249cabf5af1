"""What of a ticket's changes is news to its requester, and what several come to."""

from dataclasses import replace

import pytest

from mailgateway.desk.letters import news
from mailgateway.desk.model import News, Status, Ticket
from mailgateway.desk.plan import Notice, NoticeKind
from mailgateway.desk.policy import Notifications, Policy
from tests.unit.desk.builders import CARLA, make_candidate, make_facts, make_policy, make_ticket

POLICY = make_policy()


def told(before: Ticket, after: Ticket, policy: Policy = POLICY, sent: int = 0) -> tuple[Notice, ...]:
    """Return what the requester is told."""
    facts = make_facts(make_candidate(before), automatic_mails={CARLA.key: sent})
    return news.of_status(before, after, make_candidate(before), facts, policy)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Status.NEW, Status.OPEN, None),
        (Status.ON_HOLD, Status.OPEN, News.WORKING),
        (Status.PENDING, Status.OPEN, News.WORKING),
        (Status.OPEN, Status.PENDING, News.WAITING),
        (Status.OPEN, Status.ON_HOLD, None),
        (Status.OPEN, Status.SOLVED, News.SOLVED),
        (Status.SOLVED, Status.OPEN, News.REOPENED),
        (Status.CLOSED, Status.OPEN, News.REOPENED),
        (Status.SOLVED, Status.CLOSED, News.CLOSED),
        (Status.OPEN, Status.OPEN, None),
    ],
)
def test_each_status_is_news_of_its_own_kind(before: Status, after: Status, expected: News | None) -> None:
    """The first look at a ticket is none, nor what is on hold: that is the desk's own book-keeping."""
    ticket = make_ticket()
    letters = told(replace(ticket, status=before), replace(ticket, status=after))
    assert [one.values["news"] for one in letters] == ([expected] if expected else [])


def test_another_group_is_news_and_beside_a_status_a_remark() -> None:
    """One mail for both, which never names the group."""
    ticket = make_ticket(status=Status.OPEN)
    moved = replace(ticket, group="hardware")
    (alone,) = told(ticket, moved)
    assert (alone.kind, alone.values["news"], alone.values["handed"]) == (
        NoticeKind.STATUS_CHANGED,
        News.HANDED_OVER,
        True,
    )
    (both,) = told(ticket, replace(moved, status=Status.PENDING))
    assert (both.values["news"], both.values["handed"]) == (News.WAITING, True)


def test_news_can_be_switched_off_by_configuration_group_and_rule() -> None:
    """Each for itself; what is left of a change is still told."""
    ticket = make_ticket(status=Status.OPEN)
    moved = replace(ticket, group="hardware", status=Status.SOLVED)
    everywhere = replace(POLICY, notifications=Notifications(silent=(News.SOLVED,)))
    groups = tuple(replace(group, silent=(News.SOLVED,)) for group in POLICY.directory.groups)
    by_group = replace(POLICY, directory=replace(POLICY.directory, groups=groups))
    for letters in (
        told(ticket, moved, everywhere),
        told(ticket, moved, by_group),
        told(ticket, replace(moved, silent=(News.SOLVED,))),
    ):
        assert [one.values["news"] for one in letters] == [News.HANDED_OVER]
    assert told(ticket, replace(moved, silent=tuple(News))) == ()


def test_later_news_starts_from_what_was_known_before_the_first() -> None:
    """What came and went tells nothing; what stayed is told as a whole."""
    ticket = make_ticket(status=Status.OPEN)
    (solved,) = told(ticket, replace(ticket, status=Status.SOLVED))
    (again,) = told(replace(ticket, status=Status.SOLVED), ticket)
    assert news.since(again, solved.known, POLICY) is None
    moved = replace(ticket, group="hardware")
    (handed,) = told(ticket, moved)
    (later,) = told(moved, replace(moved, status=Status.SOLVED))
    gathered = news.since(later, handed.known, POLICY)
    assert gathered is not None
    assert (gathered.values["news"], gathered.values["handed"], gathered.known) == (News.SOLVED, True, handed.known)


def test_an_address_that_had_enough_is_told_nothing() -> None:
    """The limit of automatic mails holds for news too."""
    ticket = make_ticket(status=Status.OPEN)
    assert told(ticket, replace(ticket, status=Status.SOLVED), sent=POLICY.automatic_mails_per_hour) == ()
