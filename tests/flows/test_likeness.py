"""Like incidents become a problem with one line, and hear of its end whoever brings it about."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.model import Status, TicketType
from mailgateway.desk.policy import Problems
from mailgateway.desk.timed.life_cycle import LifeCycle
from mailgateway.flows.operate import operate
from mailgateway.flows.timed.attend import attend_due
from mailgateway.flows.timed.inform import inform_incidents
from mailgateway.mail.parse import parse
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import ANNA, Bench
from tests.flows.test_inform import news

FIRST = 10001
HOUR = timedelta(hours=1)


def watchful(bench: Bench, **changes: object) -> None:
    """Let the desk suggest a problem at the third like incident within two hours."""
    policy = replace(bench.gateway.policy, problems=Problems(suggest_after=3), **changes)  # type: ignore[arg-type]
    bench.desk = replace(bench.desk, policy=lambda: policy)


def arrive(bench: Bench, who: str, subject: str) -> None:
    """File a mail."""
    bench.arrive(message(f"{who}@customer.example", subject, f"Nothing works, says {who}."))
    bench.ingest()


def suggestions(bench: Bench) -> list[tuple[int | None, str]]:
    """Return the letters that suggest a problem."""
    return [(one.ticket, one.to) for one in bench.letters() if one.template == "problem_suggestion"]


def answer(bench: Bench, text: str) -> EmailMessage:
    """Return Anna's answer to the suggestion that she got."""
    (line,) = [one for one in bench.letters() if one.template == "problem_suggestion" and one.to == ANNA.address]
    with bench.store.reading() as tx:
        letter = parse(outbox.letter(tx, line.id).content)
    return message(ANNA.address, "Re: suggestion", text, to=letter.reply_to[0].address)


def test_a_problem_is_suggested_once_and_made_by_one_line(bench: Bench) -> None:
    """Four of five are alike; the fourth joins unasked, and all are told when the problem is solved."""
    watchful(bench)
    arrive(bench, "a", "VPN connection drops")
    arrive(bench, "b", "Offer for toner")
    arrive(bench, "c", "vpn: connection dropped")
    assert suggestions(bench) == []
    arrive(bench, "d", "Re: VPN connection")
    told = suggestions(bench)
    assert {ticket for ticket, _ in told} == {FIRST + 3}
    assert ANNA.address in {to for _, to in told}
    arrive(bench, "e", "VPN connection broken")
    assert suggestions(bench) == told
    bench.arrive(answer(bench, "#problem new\nIt is the line."))
    bench.ingest()
    problem = bench.ticket(FIRST + 3)
    assert problem.ticket.type is TicketType.PROBLEM
    assert {link.number for link in problem.links if link.relation == "incident"} == {FIRST, FIRST + 2, FIRST + 4}
    arrive(bench, "f", "VPN connection away")
    assert suggestions(bench) == told
    bench.order(FIRST + 3, status=Status.SOLVED)
    inform_incidents(bench.desk, lambda: False)
    assert {ticket for ticket, _ in news(bench)} == {FIRST, FIRST + 2, FIRST + 4}


def test_what_comes_too_late_is_no_cluster(bench: Bench) -> None:
    """The first has left the window when the third comes; what is solved counts for nothing either."""
    watchful(bench)
    arrive(bench, "a", "VPN connection drops")
    bench.now += HOUR
    arrive(bench, "b", "VPN connection drops")
    bench.now += HOUR + timedelta(seconds=1)
    arrive(bench, "c", "VPN connection drops")
    assert suggestions(bench) == []
    bench.order(FIRST + 2, status=Status.SOLVED)
    arrive(bench, "d", "VPN connection drops")
    assert suggestions(bench) == []
    arrive(bench, "e", "VPN connection drops")
    assert {ticket for ticket, _ in suggestions(bench)} == {FIRST + 4}


def test_the_shell_makes_a_problem_of_them_too(bench: Bench) -> None:
    """Any of them will do; what has a problem already keeps it."""
    watchful(bench)
    for who in "abc":
        arrive(bench, who, "VPN connection drops")
    arrive(bench, "d", "Other")
    bench.order(FIRST + 3, type=TicketType.PROBLEM)
    bench.order(FIRST + 1, problem=FIRST + 3)
    assert operate(bench.desk, FIRST, Orders(type=TicketType.PROBLEM, collect=True), ANNA, "test-new") == ""
    links = bench.ticket(FIRST).links
    assert [link.number for link in links if link.relation == "incident"] == [FIRST + 2]


def test_the_time_that_solves_a_problem_tells_its_incidents(bench: Bench) -> None:
    """As an agent does."""
    watchful(bench, life_cycle=LifeCycle(solve_after=7 * 24 * HOUR))
    for who in "ab":
        arrive(bench, who, f"Matter of {who}")
    bench.order(FIRST, type=TicketType.PROBLEM, status=Status.PENDING)
    bench.order(FIRST + 1, problem=FIRST)
    bench.now += 7 * 24 * HOUR
    assert attend_due(bench.desk, lambda: False) == 1
    assert inform_incidents(bench.desk, lambda: False) == 1
    assert news(bench) == [(FIRST + 1, "b@customer.example")]
    assert bench.ticket(FIRST + 1).ticket.status is Status.SOLVED
