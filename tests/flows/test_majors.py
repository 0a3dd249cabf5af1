"""What is known to be down stands in receipts from its declaration until its problem is solved."""

from dataclasses import replace

from mailgateway.desk.model import Status, TicketType
from mailgateway.desk.policy import Problems
from mailgateway.desk.problems.declaration import Declaration
from mailgateway.mail.parse import parse
from mailgateway.store.outgoing import outbox
from mailgateway.store.service.majors import open_majors
from tests.end_to_end.office import message
from tests.flows.bench import Bench

FIRST = 10001
TEXT = "The mail server is down & out."


def arrive(bench: Bench, who: str) -> tuple[str, str]:
    """File a mail about something new; return the text and the HTML of its receipt."""
    bench.arrive(message(f"{who}@customer.example", f"Matter of {who}", "Help."))
    bench.ingest()
    address = f"{who}@customer.example"
    (line,) = [one for one in bench.letters() if one.template == "acknowledgement" and one.to == address]
    with bench.store.reading() as tx:
        receipt = parse(outbox.letter(tx, line.id).content)
    return " ".join(receipt.text.split()), receipt.html or ""


def declare(bench: Bench, **changes: object) -> int:
    """Make the first ticket a problem and a major incident; return its number."""
    policy = replace(bench.gateway.policy, problems=Problems(link_major=True))
    bench.desk = replace(bench.desk, policy=lambda: policy)
    arrive(bench, "first")
    wanted = Declaration(texts={"": TEXT}, **changes)  # type: ignore[arg-type]  # the test's own words
    bench.order(FIRST, type=TicketType.PROBLEM, major=wanted)
    return FIRST


def test_receipts_say_what_is_down_until_it_is_solved(bench: Bench) -> None:
    """The new ticket is an incident of the problem; after the solution nothing is said any more."""
    problem = declare(bench)
    text, html = arrive(bench, "second")
    assert f"Known issue: {TEXT} Since" in text
    assert "The mail server is down &amp; out." in html
    assert [(link.relation, link.number) for link in bench.ticket(FIRST + 1).links] == [("problem", problem)]
    shown = bench.ticket(problem)
    assert shown.major is not None
    assert shown.major.texts == {"": TEXT}
    bench.order(problem, status=Status.SOLVED)
    assert bench.ticket(problem).major is None
    assert [event.what for event in bench.ticket(problem).events if "major" in event.what] == ["major", "major_ended"]
    text, html = arrive(bench, "third")
    assert "Known" not in text + html


def test_it_can_be_declared_again(bench: Bench) -> None:
    """What ended and comes back begins anew; words and readers may change while it stands."""
    problem = declare(bench)
    bench.order(problem, major=Declaration(off=True))
    assert bench.ticket(problem).major is None
    began = bench.now = bench.now.replace(hour=20)
    bench.order(problem, major=Declaration(texts={"pl": "Awaria."}, only_for="group"))
    bench.order(problem, major=Declaration(texts={"": "Still."}))
    with bench.store.reading() as tx:
        (major,) = open_majors(tx, bench.now)
    assert (major.texts, major.only_for, major.since) == ({"pl": "Awaria.", "": "Still."}, "group", began)
    assert "Still." in arrive(bench, "second")[0]
