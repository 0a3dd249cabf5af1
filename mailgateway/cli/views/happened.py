"""What happened to a ticket, in plain words for people."""

from collections.abc import Callable, Mapping
from typing import Any

from mailgateway.desk.events import Event
from mailgateway.desk.model import ArticleKind, Direction, LinkKind
from mailgateway.mail.model import Address

_TIES = {
    LinkKind.PROBLEM: ("it is an incident of problem", "is an incident of this problem"),
    LinkKind.LIKE: ("it is like ticket", "is like it"),
    LinkKind.RELATED: ("it is related to ticket", "is related to it"),
    LinkKind.MERGED_INTO: ("merged into ticket", "was merged into it"),
}
_NOTHING: tuple[object, ...] = (None, "", [], {})
_ARTICLES = {
    (ArticleKind.PUBLIC, Direction.IN): "wrote",
    (ArticleKind.PUBLIC, Direction.OUT): "answered",
    (ArticleKind.NOTE, Direction.IN): "wrote a note",
    (ArticleKind.NOTE, Direction.OUT): "wrote a note",
    (ArticleKind.AUTO, Direction.IN): "sent an automatic mail",
}


def in_words(event: Event) -> str:
    """Return an event as a sentence without its subject: `put the tags a and b on`."""
    told = _WORDS.get(event.what)
    try:
        return told(event.detail) if told is not None else _plain(event.what, event.detail)
    except (KeyError, TypeError, ValueError):  # written by another version
        return _plain(event.what, event.detail)


def _plain(what: str, detail: Mapping[str, Any]) -> str:
    facts = {key.replace("_", " "): value for key, value in detail.items() if value not in _NOTHING}
    told = ", ".join(f"{key} {_list(value)}" for key, value in facts.items())
    return what.replace("_", " ") + (f": {told}" if told else "")


def _list(value: object) -> str:
    if isinstance(value, list):
        words = [str(one) for one in value]
        return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
    if isinstance(value, dict):
        return ", ".join(f"{key}={one}" for key, one in value.items())
    return str(value)


def _changed(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda detail: f"{what} {detail['before']} → {detail['after']}".replace("_", " ")


def _assigned(detail: Mapping[str, Any]) -> str:
    before = f" (it was {detail['before']}'s)" if detail["before"] else ""
    return f"assigned it to {detail['after']}{before}" if detail["after"] else f"took it from {detail['before']}"


def _set(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda detail: f"{what} {detail['before'] or 'none'} → {detail['after'] or 'none'}"


def _opened(detail: Mapping[str, Any]) -> str:
    whose = f", assigned to {detail['assignee']}" if detail.get("assignee") else ""
    return f"opened it as {detail['priority']} {detail['type']} in group {detail['group']}{whose}"


def _article(detail: Mapping[str, Any]) -> str:
    return f"{_ARTICLES[ArticleKind(detail['kind']), Direction(detail['direction'])]} (article {detail['id']})"


def _tags(detail: Mapping[str, Any]) -> str:
    added, removed = detail["added"], detail["removed"]
    parts = [f"put on {_counted(added)}"] if added else []
    parts += [f"took off {_counted(removed)}"] if removed else []
    return " and ".join(parts) or "changed no tags"


def _watchers(detail: Mapping[str, Any]) -> str:
    added, removed = detail["added"], detail["removed"]
    parts = [f"let {_list(added)} watch it"] if added else []
    parts += [f"let {_list(removed)} watch it no longer"] if removed else []
    return " and ".join(parts) or "changed no watchers"


def _bounced(how: str, detail: Mapping[str, Any]) -> str:
    why = " ".join(detail[name] for name in ("status", "diagnostic") if detail.get(name))
    return f"says that a letter to {detail.get('recipient') or 'somebody'} {how}{': ' if why else ''}{why}"


def _tied(how: str, detail: Mapping[str, Any]) -> str:
    here, there = _TIES[LinkKind(detail["kind"])]
    return how + (f"{here} {detail['ticket']}" if "ticket" in detail else f"ticket {detail['from']} {there}")


_EVIDENCE = {
    "token": "by its signed reply address",
    "our_message_id": "by the id of a letter of ours that it answers",
    "message_id": "by the id of a mail of the ticket that it answers",
    "mentioned": "by an id that a mail of the ticket mentions",
    "mark": "by the mark of a letter of ours in its text",
    "subject": "by the number in its subject",
    "thread_index": "by its Exchange conversation",
    "same_subject": "by its subject, which is the same",
}


_PROOFS = {
    "token": "their own reply address",
    "dmarc": "DMARC",
    "arc": "ARC",
    "token, dmarc": "their own reply address and DMARC",
    "token, arc": "their own reply address and ARC",
}


def _joined(detail: Mapping[str, Any]) -> str:
    right = f", as {detail['as']}" if detail.get("as") else ""
    named = f" ({detail['named']})" if detail.get("named") else ""
    proven = f", proven by {_PROOFS[detail['proof']]}" if detail.get("proof") else ""
    return f"found the ticket {_EVIDENCE[detail['by']]}{named}{right}{proven}"


_ENDS = {"sent": "was sent", "dropped": "was given up", "replaced": "was replaced"}


def _held(detail: Mapping[str, Any]) -> str:
    what = "went on while" if detail.get("again") else "had changed before"
    untold = f"; they could not be asked: {detail['not_told']}" if detail.get("not_told") else ""
    return f"it {what} {detail['agent']} answered: the answer is held (article {detail['article']}){untold}"


def _counted(tags: list[str]) -> str:
    return f"the tag{'s' if len(tags) > 1 else ''} {_list(tags)}"


_JUDGED = {"helped": "helped", "not_helped": "did not help"}


def _clocks(detail: Mapping[str, Any]) -> str:
    return "; ".join(_clock(one) for one in detail["moved"])


def _clock(one: Mapping[str, Any]) -> str:
    name = one["target"].replace("_", " ")
    if one["ended"]:
        return f"{name} {one['ended'].replace('_', ' ')}"
    return f"{name} due {one['due_at'][:16].replace('T', ' ')} UTC" if one["due_at"] else f"{name} paused"


def _requester(detail: Mapping[str, Any]) -> str:
    before, after = (Address(one["name"], one["address"]) for one in (detail["before"], detail["after"]))
    return f"made it a matter of {after.shown} (it was {before.shown}'s)"


def _offered(detail: Mapping[str, Any]) -> str:
    return f"{detail['from']} offered it to {detail['to']}, to be accepted{_until(detail)}"


def _until(detail: Mapping[str, Any]) -> str:
    return f" by {detail['accept_by'][:16].replace('T', ' ')} UTC" if detail["accept_by"] else ""


def _unsubscribed(detail: Mapping[str, Any]) -> str:
    return f"{detail['address']} wants no status mails {'at all' if detail['everything'] else 'about it'}"


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "opened": _opened,
    "article": _article,
    "status": _changed("status"),
    "priority": _changed("priority"),
    "type": _changed("type"),
    "group": _changed("group"),
    "assignee": _assigned,
    "organisation": _set("organisation"),
    "time_spent": lambda detail: f"worked on it for {detail['minutes']} minutes",
    "contract_used_up": lambda detail: (
        f"the contract {detail['contract']} of {detail['organisation']} had no room left:"
        f" {detail['used']} of {detail['amount']} {detail['unit']} this {detail['per']}"
    ),
    "subject": lambda detail: f"called it {detail['after']} (it was {detail['before'] or 'without a subject'})",
    "requester": _requester,
    "language": _set("language"),
    "ci": _set("configuration item"),
    "service_level": _set("service level"),
    "clocks": _clocks,
    "tags": _tags,
    "participants": lambda detail: f"let {_list(detail['added'])} take part",
    "watchers": _watchers,
    "forwarded": lambda detail: f"the mail was forwarded to {detail['to']}",
    "not_forwarded": lambda detail: f"the mail was not forwarded to {detail['to']}: {detail['why']}",
    "delivery_failed": lambda detail: f"a letter to {detail['to']} could not be delivered: {detail['answer']}",
    "files_left_out": lambda detail: (
        f"a letter to {detail['to']} was too large and went without {_list(detail['files'])}"
    ),
    "undelivered": lambda detail: _bounced("could not be delivered", detail),
    "delivery_delayed": lambda detail: _bounced("is not delivered yet", detail),
    "machine_mail": lambda detail: f"sent an automatic mail of kind {detail['kind'].replace('_', ' ')}",
    "received_again": lambda detail: f"the same mail came again, in mailbox {detail['mailbox']}",
    "orders_refused": lambda detail: f"commands were not carried out: {detail['why']}",
    "released": lambda detail: f"its mail was taken out of quarantine by {detail['by']}; there for: {detail['why']}",
    "rated": lambda detail: f"the requester rated it {detail['value']}",
    "wish_refused": lambda detail: f"the link for {detail['wish']} was not followed: {detail['why']}",
    "unsubscribed": _unsubscribed,
    "left": lambda detail: f"{detail['address']} takes part no longer",
    "silent": lambda detail: f"customers are not told of {_list(detail['after'])}",
    "answer_held": _held,
    "answer_released": lambda detail: (
        f"the answer of {detail['agent']} that was held {_ENDS[detail['end']]} (article {detail['article']})"
    ),
    "not_sent": lambda detail: f"not sent: {detail['why']}",
    "automatic_mail_stopped": lambda detail: f"no {detail['notice']} to {detail['to']}: {detail['why']}",
    "letter_withheld": lambda detail: f"not sent, since it would show what is internal: {detail['why']}",
    "not_acknowledged": lambda detail: f"no acknowledgement was sent: {detail['why']}",
    "nothing_ordered": lambda _: "changed nothing",
    "not_linked": lambda detail: f"not linked to problem {detail['ticket']}: {detail['why']}",
    "problem_news": lambda detail: f"told what is new of problem {detail['ticket']}",
    "problem_news_failed": lambda detail: f"could not tell what is new of problem {detail['ticket']}",
    "major": lambda detail: f"declared it a major incident: {' / '.join(detail['texts'].values())}",
    "major_ended": lambda _: "it is no major incident any more",
    "major_told": lambda detail: f"told that the problem {_list(detail['problems'])} is known",
    "offered": _offered,
    "accepted": lambda detail: f"accepted it for {detail['to']}, from {detail['from']}",
    "declined": lambda detail: f"declined it for {detail['to']}: it is back with {detail['from']}",
    "offer_withdrawn": lambda detail: f"{detail['to']} need not accept it any more",
    "offer_paused": lambda detail: f"the time for {detail['to']} to accept it stands still",
    "offer_resumed": lambda detail: f"the time for {detail['to']} to accept it goes on{_until(detail)}",
    "offer_retimed": lambda detail: f"{detail['to']} is to accept it at another time{_until(detail)}",
    "not_accepted": lambda detail: f"{detail['to']} did not accept it in time: told {detail['told'] or 'nobody'}",
    "to_and_fro": lambda detail: f"{_list(detail['groups'])} handed it to each other {detail['times']} times",
    "linked": lambda detail: _tied("", detail),
    "unlinked": lambda detail: _tied("no longer: ", detail),
    "joined": _joined,
    "passed_on": lambda detail: f"{detail['agent']} passed on a mail of {detail['author']}",
    "written_for_another": lambda detail: f"the mail came from {detail['from']}, and named the requester in Reply-To",
    "agent_not_proven": lambda detail: f"nothing proves that {detail['agent']} wrote this",
    "message_id_reused": lambda _: "another mail had the same Message-ID",
    "answers_proposed": lambda detail: f"proposed the answers {detail['answers']}",
    "answer_sent": lambda detail: f"sent the answer {detail['name']} ({detail['language']}) to the customer",
    "answer_judged": lambda detail: f"the answer {detail['name']} {_JUDGED[detail['outcome']]}",
    "answer_inserted": lambda detail: f"took the answer {detail['name']} ({detail['language']})",
    "webhook": lambda detail: f"called the webhook{'s' if len(detail['names']) > 1 else ''} {_list(detail['names'])}",
    "erased": lambda detail: f"took a person out of it (erasure {detail['erasure']})",
    "rules": lambda detail: f"rules that matched: {detail['matched']}",
}
