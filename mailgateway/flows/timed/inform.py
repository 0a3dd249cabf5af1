"""News of a problem goes to its incidents, each in a transaction of its own: once, whatever restarts and hosts."""

from mailgateway import log
from mailgateway.desk.plan import Disposition, Plan, RecordEvent
from mailgateway.desk.problems.incidents import News, news_for
from mailgateway.errors import GatewayError
from mailgateway.flows.carry_out import carry_out
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.races import despite_races
from mailgateway.store.engine import Transaction
from mailgateway.store.gather import gather_ticket
from mailgateway.store.outgoing.broadcasts import Broadcast, next_incident, take_broadcast, told, told_all
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply

_log = log.logger("inform")


def inform_incidents(desk: Desk, stop: Stop) -> int:
    """Tell incidents what is new of their problem until nobody waits; return how many were told."""
    done = 0
    while not stop() and (number := _inform_one(desk)) is not None:
        done += number > 0
    return done


def _inform_one(desk: Desk) -> int | None:
    """Tell one incident, and return its number; 0 where some news reached its end, None where there is none at all."""
    try:
        number = despite_races(lambda: _in_one_transaction(desk))
    except GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug of ours on one incident must not keep the news from the others
        _log.error("inform.broken", error=type(error).__name__, exception=log.frames(error))
        return _pass_over(desk)
    if number:
        desk.letters_waiting()
    return number


def _in_one_transaction(desk: Desk) -> int | None:
    policy = desk.policy()
    with desk.store.writing() as tx:
        broadcast = take_broadcast(tx)
        if broadcast is None:
            return None
        number = next_incident(tx, broadcast)
        if number is None:
            told_all(tx, broadcast, desk.clock())
            _log.info("inform.done", ticket=broadcast.problem)
            return 0
        # one occasion for all incidents: who takes part in several gets one letter
        occasion = f"problem-{broadcast.problem}-{broadcast.id}-{broadcast.at.isoformat()}"
        facts = gather_ticket(tx, number, occasion, desk.clock())
        candidate = facts.candidate(number)
        plan = news_for(_news(tx, broadcast), candidate, facts, policy) if candidate else None
        if plan is not None:
            carry_out(desk, tx, plan, facts, policy)
        told(tx, broadcast, number)
    return number


def _news(tx: Transaction, broadcast: Broadcast) -> News:
    article = None if broadcast.article is None else tickets.article(tx, broadcast.article)
    return News(broadcast.problem, broadcast.author, article, broadcast.solved)


def _pass_over(desk: Desk) -> int | None:
    with desk.store.writing() as tx:
        broadcast = take_broadcast(tx)
        number = next_incident(tx, broadcast) if broadcast else None
        if broadcast is None or number is None:
            return None
        event = RecordEvent("problem_news_failed", {"ticket": str(broadcast.problem)})
        apply(tx, Plan(desk.clock(), "inform", Disposition.RECORDED, "failed", number, (event,)), None)
        told(tx, broadcast, number)
    return number
