"""Mailboxes on servers that fail at some mails, or some times."""

from mailgateway.errors import MailboxUnavailable
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.servers.imap_answers import chosen, uid_fetch
from tests.servers.scripted_imap import Answer, Dialogue, ScriptedImap


def mails(count: int, size: int = 0) -> dict[int, bytes]:
    """Return mails by UID; the subject of each is its UID."""
    return {uid: bytes(message(f"c{uid}@customer.example", f"M{uid}", "x" * size)) for uid in range(1, count + 1)}


def a_few_times(count: int, fault: Answer) -> Answer:
    """Fail so many times where bodies are asked for, and fetch properly afterwards."""
    left = [count]

    def answer(dialogue: Dialogue, arguments: str) -> None:
        if "BODY" in arguments and left[0] > 0:
            left[0] -= 1
            fault(dialogue, arguments)
        else:
            uid_fetch(dialogue, arguments)

    return answer


def breaking_at(*uids: int) -> Answer:
    """End the connection whenever the body of one of these mails is asked for."""

    def answer(dialogue: Dialogue, arguments: str) -> None:
        asked, _, items = arguments.partition(" ")
        if "BODY" in items and set(uids) & set(chosen(dialogue, asked)):
            dialogue.drop()
        uid_fetch(dialogue, arguments)

    return answer


def collect_at_last(bench: Bench, imap: ScriptedImap, rounds: int = 30) -> int:
    """Connect anew as often as the connection breaks; return how many rounds that took."""
    for taken in range(1, rounds + 1):
        try:
            bench.collect(imap)
        except MailboxUnavailable:
            continue
        return taken
    raise AssertionError("it never came to an end")


def refusing(*uids: int) -> Answer:
    """Refuse to give any of these mails, and with them all that are asked for together with one."""

    def answer(dialogue: Dialogue, arguments: str) -> None:
        asked, _, items = arguments.partition(" ")
        if "BODY" in items and set(uids) & set(chosen(dialogue, asked)):
            dialogue.finish("NO [SERVERBUG] cannot read this one")
        else:
            uid_fetch(dialogue, arguments)

    return answer


def passing_over(uid: int) -> Answer:
    """Say OK, and nothing of this mail, where bodies are asked for."""

    def answer(dialogue: Dialogue, arguments: str) -> None:
        kept = dialogue.server.inbox.pop(uid) if "BODY" in arguments else None
        uid_fetch(dialogue, arguments)
        if kept is not None:
            dialogue.server.inbox[uid] = kept

    return answer
