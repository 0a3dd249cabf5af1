"""What happens to tickets: the words for it, and whom it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailgateway.desk.model import ArticleKind, Direction

ARTICLE = "article"
WEBHOOK = "webhook"

WORDS: Mapping[str, str] = {
    "opened": "a ticket was opened",
    "received": "somebody who takes part wrote",
    "replied": "an agent answered, and the answer is sent to who takes part",
    "noted": "an agent wrote an internal note",
    "recorded": "a machine's mail was kept with the ticket",
    "status": "the status changed",
    "priority": "the priority changed",
    "type": "the type changed",
    "group": "another group got the ticket",
    "assignee": "another agent got the ticket, or nobody",
    "tags": "tags were put on or taken off",
    "participants": "more people take part",
    "organisation": "the organisation of the requester changed",
    "subject": "it is called something else",
    "requester": "it is somebody else's matter",
    "language": "its customers are written to in another language",
    "ci": "the configuration item changed",
    "ci_unknown": "a rule named a configuration item that is not in assets.yaml",
    "snoozed_until": "it was put aside until a moment, or woke up",
    "fields": "fields of the desk's own changed",
    "delivery_failed": "a letter could not be delivered and is given up",
    "files_left_out": "a letter was too large for the mail server and went without its files",
    "undelivered": "a mail server sent word that a letter did not arrive",
    "delivery_delayed": "a mail server sent word that a letter is late",
    "machine_mail": "a machine answered",
    "received_again": "the same mail came again",
    "orders_refused": "an agent's commands were not carried out",
    "answer_held": "an agent's answer is held, since its ticket went on meanwhile",
    "answer_released": "an agent's answer is held no longer: it was sent, given up or replaced",
    "not_sent": "an answer had nobody to go to",
    "not_acknowledged": "the requester got no acknowledgement",
    "released": "a person took its mail out of quarantine",
    "nothing_ordered": "an agent's mail changed nothing",
    "linked": "it was tied to another ticket, or merged with one",
    "unlinked": "it is no longer tied to another ticket",
    "watchers": "agents watch it, or do so no longer",
    "rated": "the requester rated how they were served",
    "wish_refused": "a link in a mail of ours was used, and does not count",
    "unsubscribed": "somebody wants no status mails",
    "left": "somebody takes part no longer",
    "silent": "its customers are told less of what happens to it",
    "forwarded": "a mail went on to addresses that a rule names",
    "not_forwarded": "a mail did not go on to addresses that a rule names",
    "automatic_mail_stopped": "automatic mail was not sent, since its reader had too much",
    "letter_withheld": "a letter was not sent, since it would have shown what is internal",
    "written_for_another": "a mail opened it for whom its Reply-To names, and From names somebody else",
    "agent_not_proven": "a mail claims to be an agent's and does not prove it",
    "message_id_reused": "another mail had the same Message-ID",
    "reminded": "the requester was reminded",
    "not_reminded": "the requester was not reminded, for a reason",
    "not_attended": "what was due by itself could not be done",
    "answer_sent": "the customer was sent an answer with the receipt",
    "answer_judged": "the customer said whether the answer helped",
    "answers_proposed": "answers were proposed to agents",
    "answer_inserted": "an agent took an answer into theirs",
    "problem_news": "who waits for a problem was told of it",
    "problem_news_failed": "who waits for a problem could not be told of it",
    "major": "it is a major incident, and what is said of it",
    "major_ended": "it is no major incident any more",
    "major_told": "its requester was told what is known to be down",
    "not_linked": "a rule names a problem that is not there any more",
    "joined": "a mail was found to belong to it, by what evidence",
    "passed_on": "an agent passed on somebody's mail",
    "time_spent": "an agent noted how long they worked on it",
    "contract_used_up": "its contract had no room left for it",
    "breached": "a promised time passed",
    "escalated": "a promised time came near or passed, and somebody was told",
    "offered": "another group got the ticket, and is to accept it",
    "accepted": "the group that it was offered to accepted it",
    "declined": "the group that it was offered to gave it back",
    "offer_withdrawn": "it was offered to a group, which need not accept it any more",
    "offer_paused": "the time for accepting it stands still, while the customer is waited for",
    "offer_resumed": "the time for accepting it goes on",
    "offer_retimed": "the time for accepting it ends at another moment: the hours of work are others",
    "not_accepted": "the group that it was offered to did not accept it in time, and somebody was told",
    "to_and_fro": "two groups handed it to each other again and again",
    "erased": "a person was erased from it, on request",
    "rules": "rules for follow-ups matched",
}
"""Everything that webhooks can ask to be told, each with what it means."""

_ARTICLES = {
    (ArticleKind.PUBLIC, Direction.IN): "received",
    (ArticleKind.PUBLIC, Direction.OUT): "replied",
    (ArticleKind.NOTE, Direction.IN): "noted",
    (ArticleKind.NOTE, Direction.OUT): "noted",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket; `detail` is plain JSON values. `id` is 0 until it is written down."""

    ticket: int
    at: datetime
    actor: str
    what: str
    detail: Mapping[str, Any]
    id: int = 0


def word_for(event: Event) -> str:
    """Return what webhooks call an event: an article by its kind and direction, the rest by what it is."""
    if event.what != ARTICLE:
        return event.what
    kind, direction = event.detail.get("kind"), event.detail.get("direction")
    return next((word for (of, way), word in _ARTICLES.items() if (of, way) == (kind, direction)), "recorded")
