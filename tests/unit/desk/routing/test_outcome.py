"""What rules make of a ticket that is there, to look at it."""

from dataclasses import replace

from mailgateway.desk.routing.asking import state_of
from mailgateway.desk.routing.outcome import outcome
from mailgateway.mail.model import Kind
from mailgateway.rules.actions import ACTIONS
from mailgateway.rules.schema import ActionName, Event, Question
from tests.unit.desk.builders import NOW, make_mail, make_policy, make_ticket


def test_everything_that_rules_can_do_to_a_ticket_is_told() -> None:
    """Each action that is for follow-ups or timers stands in the trace, and the ticket's own language."""
    question = Question(make_mail(), Kind.NORMAL, "support", event=Event.FOLLOW_UP, received_at=NOW)
    final = outcome(make_policy(), replace(question, ticket=state_of(make_ticket())))["final"]
    assert isinstance(final, dict)
    later = {Event.FOLLOW_UP, Event.TIMER}
    assert set(final) == {name for name, action in ACTIONS.items() if action.on & later} | {ActionName.LANGUAGE}
