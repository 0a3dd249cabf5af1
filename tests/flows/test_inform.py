"""News of a problem reaches its incidents once, whatever happens on the way."""

import pytest

from mailgateway.desk.model import Status, TicketType
from mailgateway.desk.problems import incidents
from mailgateway.errors import StoreUnusable
from mailgateway.flows.timed import inform
from mailgateway.flows.timed.inform import inform_incidents
from tests.end_to_end.office import message
from tests.flows.bench import Bench

FIRST = 10001


def outage(bench: Bench, incidents: int, *, sender: str = "c{number}@customer.example") -> int:
    """Give a problem with incidents; return its number."""
    for number in range(incidents):
        bench.arrive(message(sender.format(number=number), f"Down {number}", f"Nothing works {number}."))
    bench.arrive(message("chief@example.org", "Outage", "It is the server."))
    bench.ingest()
    problem = FIRST + incidents
    bench.order(problem, type=TicketType.PROBLEM)
    for number in range(FIRST, problem):
        bench.order(number, problem=problem)
    return problem


def news(bench: Bench) -> list[tuple[int | None, str]]:
    """Return the letters with news of a problem."""
    return [(one.ticket, one.to) for one in bench.letters() if one.template == "problem_news"]


def test_a_restart_goes_on_where_it_was(bench: Bench) -> None:
    """Stopped after two of five, the rest is told later, and nobody twice."""
    problem = outage(bench, 5)
    bench.order(problem, text="Soon.")
    asked = iter([False, False, True])
    assert inform_incidents(bench.desk, lambda: next(asked)) == 2
    assert len(news(bench)) == 2
    assert inform_incidents(bench.desk, lambda: False) == 3
    assert inform_incidents(bench.desk, lambda: False) == 0
    assert news(bench) == [(FIRST + number, f"c{number}@customer.example") for number in range(5)]


def test_one_incident_that_breaks_us_keeps_the_news_from_nobody(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is passed over and says so; the others are told."""
    problem = outage(bench, 3)
    bench.order(problem, status=Status.SOLVED)
    whole = incidents.news_for

    def broken(*facts: object) -> object:
        if facts[1].ticket.number == FIRST + 1:  # type: ignore[attr-defined]  # the candidate
            raise ValueError("abracadabra")
        return whole(*facts)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(inform, "news_for", broken)
    assert inform_incidents(bench.desk, lambda: False) == 3
    assert [ticket for ticket, _ in news(bench)] == [FIRST, FIRST + 2]
    assert bench.ticket(FIRST + 1).events[-1].what == "problem_news_failed"
    assert bench.ticket(FIRST + 2).ticket.status is Status.SOLVED


def test_a_database_that_cannot_be_used_passes_nobody_over(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The news waits for it."""
    problem = outage(bench, 1)
    bench.order(problem, text="Soon.")

    def unusable(*_: object) -> object:
        raise StoreUnusable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(inform, "news_for", unusable)
        with pytest.raises(StoreUnusable):
            inform_incidents(bench.desk, lambda: False)
    assert inform_incidents(bench.desk, lambda: False) == 1


def test_who_wrote_twice_hears_it_once(bench: Bench) -> None:
    """Two incidents of one person get the article each, and the person one mail."""
    problem = outage(bench, 2, sender="carla@customer.example")
    bench.order(problem, text="Soon.")
    inform_incidents(bench.desk, lambda: False)
    assert news(bench) == [(FIRST, "carla@customer.example")]
    assert [bench.ticket(FIRST + number).articles[-1].article.text for number in (0, 1)] == ["Soon.", "Soon."]


def test_what_was_merged_meanwhile_is_told_where_it_went(bench: Bench) -> None:
    """The ticket that goes on is told, with everybody in it; the merged one is not."""
    problem = outage(bench, 2)
    bench.order(FIRST, merge=FIRST + 1)
    bench.order(problem, text="Soon.")
    inform_incidents(bench.desk, lambda: False)
    assert {ticket for ticket, _ in news(bench)} == {FIRST + 1}
    assert len(news(bench)) == 2
