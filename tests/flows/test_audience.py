"""A letter that would show what is internal stays in the house, whatever made it so."""

from dataclasses import replace

from mailgateway.desk.letters import loops
from mailgateway.desk.letters.letter import Rendered
from mailgateway.desk.plan import Audience, Notice
from mailgateway.render.notices import Renderer
from tests.end_to_end.office import message
from tests.flows.bench import Bench


class Careless(Renderer):
    """Templates of an operator who names an agent's address to customers."""

    def render(self, notice: Notice) -> Rendered:
        """Add the address to what customers get."""
        rendered = super().render(notice)
        careless = notice.audience is Audience.CUSTOMER
        return replace(rendered, text=f"{rendered.text}\nWrite to anna@example.com.") if careless else rendered


def test_a_letter_with_an_agents_address_is_not_sent(bench: Bench) -> None:
    """The ticket says so, the admin is told, and everybody else gets theirs."""
    shipped = bench.desk.renderer()
    careless = Careless(None, shipped._shipped)
    bench.desk = replace(bench.desk, renderer=lambda: careless)
    bench.arrive(message("jan@customer.example", "Printer", "It is broken."))
    bench.ingest()
    letters = [(line.template, line.to) for line in bench.letters()]
    assert "acknowledgement" not in dict(letters)
    assert ("alarm", "postmaster@example.com") in letters
    assert "agent_notification" in dict(letters)
    [event] = [event for event in bench.ticket(10001).events if event.what == "letter_withheld"]
    assert "it shows an agent's own address" in event.detail["why"]


def test_word_of_what_was_withheld_is_limited_as_all_automatic_mail_is(bench: Bench) -> None:
    """Careless templates withhold every receipt; the admin hears of that as often as the limits let them."""
    shipped = bench.desk.renderer()
    careless = Careless(None, shipped._shipped)
    policy = bench.desk.policy()
    limits = replace(policy.loops, in_all=(1, 1, 1))
    strict = replace(policy, loops=limits, unlimited=frozenset({"anna@example.com", "bob@example.com"}))
    bench.desk = replace(bench.desk, renderer=lambda: careless, policy=lambda: strict)
    for number in range(loops.STAFF + 2):
        bench.arrive(message(f"jan{number}@customer.example", "Printer", f"It is broken: {number}."))
    bench.ingest()
    alarms = [line for line in bench.letters() if line.to == "postmaster@example.com"]
    assert len(alarms) == loops.STAFF
