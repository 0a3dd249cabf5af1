"""From what happened to tickets to calls of webhooks, within the transaction in which it happened.

Every event of every flow passes here, so that none has to remember it; without webhooks, or where none wants to hear of
what happened, nothing is read and nothing written.
"""

from collections.abc import Callable, Sequence

from mailgateway.desk.events import Event, word_for
from mailgateway.desk.letters import webhooks
from mailgateway.desk.letters.webhooks import NumberedArticle, Webhook
from mailgateway.desk.model import Ticket
from mailgateway.desk.policy import Policy
from mailgateway.store.engine import Listener, Transaction
from mailgateway.store.outgoing import calls
from mailgateway.store.outgoing.calls import QueuedCall
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.heads import read_heads


def announcer(policy: Callable[[], Policy], fresh_id: Callable[[], str], waiting: Callable[[], None]) -> Listener:
    """Return what listens to the store for webhooks; `waiting` is called after calls were queued."""

    def announce(tx: Transaction) -> Callable[[], None]:
        queued = _queued(tx, policy().webhooks, fresh_id)
        for event, call in queued:
            calls.put(tx, [call], event.at)
        return waiting if queued else _nothing

    return announce


def _nothing() -> None:
    """Tell nobody."""


def _queued(tx: Transaction, known: Sequence[Webhook], fresh_id: Callable[[], str]) -> list[tuple[Event, QueuedCall]]:
    wanted = [(one, event) for event in tx.happened for one in known if webhooks.is_told(one, event)]
    if not wanted:
        return []
    heads = read_heads(tx, {event.ticket for _, event in wanted})
    articles = {article.id: article for article in _articles(tx, [event for _, event in wanted])}
    return [
        (event, _call(one, event, heads[event.ticket], articles, fresh_id()))
        for one, event in wanted
        if webhooks.is_about(one, event, heads[event.ticket])
    ]


def _articles(tx: Transaction, events: Sequence[Event]) -> tuple[NumberedArticle, ...]:
    numbers = {webhooks.article_of(event) for event in events}
    found = tickets.articles(tx, sorted(number for number in numbers if number is not None))
    return tuple(NumberedArticle(one.id, one.article) for one in found)


def _call(
    webhook: Webhook, event: Event, ticket: Ticket, articles: dict[int, NumberedArticle], fresh_id: str
) -> QueuedCall:
    article = articles.get(webhooks.article_of(event) or 0)
    return QueuedCall(
        message_id=f"msg_{fresh_id}",
        webhook=webhook.name,
        ticket=event.ticket,
        what=word_for(event),
        content=webhooks.content(webhook, event, ticket, article),
    )
