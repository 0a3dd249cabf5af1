"""From the notices of a plan to finished mails in the outbox, within the plan's own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mailgateway import log
from mailgateway.desk.letter import Rendered, dedupe_key, files_of, with_number, write_letter
from mailgateway.desk.notices import is_counted
from mailgateway.desk.plan import Notice, NoticeKind, Plan
from mailgateway.desk.policy import Policy
from mailgateway.flows.desk import Desk
from mailgateway.mail.model import Attachment
from mailgateway.store import outbox, tickets
from mailgateway.store.engine import Transaction
from mailgateway.store.outbox import Queued

_log = log.logger("letters")


def queue_letters(
    desk: Desk,
    tx: Transaction,
    plan: Plan,
    number: int | None,
    occasion: str,
    policy: Policy,
    at_hand: Sequence[Attachment] = (),
) -> None:
    """Write every notice of a plan and put it into the outbox; `at_hand` are attachments that are in memory already."""
    contents = {attachment.sha256: attachment.content for attachment in at_hand}
    queued = []
    for notice in plan.notices:
        complete = _complete(tx, notice, number)
        files = _files(desk, complete, contents)
        about = complete.ticket.number if complete.ticket else number
        letter = write_letter(complete, _rendered(desk, complete), about, occasion, plan.at, policy, files)
        queued.append(
            Queued(
                dedupe_key=dedupe_key(notice, occasion),
                ticket=about,
                notice=notice.kind.value,
                audience=notice.audience.value,
                automatic=is_counted(notice),
                letter=letter,
            )
        )
    outbox.put(tx, queued, plan.at)


def _complete(tx: Transaction, notice: Notice, number: int | None) -> Notice:
    """Give a notice its ticket's number and, to whom is handed a ticket without a word, the text it began with."""
    if number is None:
        return notice
    numbered = with_number(notice, number)
    if notice.kind is NoticeKind.AGENT_NOTIFICATION and notice.article is None:
        return replace(numbered, article=tickets.opening(tx, number))
    return numbered


def _rendered(desk: Desk, notice: Notice) -> Rendered:
    rendered = desk.renderer().render(notice)
    for defect in rendered.defects:
        _log.error("template.broken", notice=notice.kind.value, why=defect)
    return rendered


def _files(desk: Desk, notice: Notice, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    wanted = [stored.sha256 for stored in files_of(notice)]
    return {sha256: contents[sha256] if sha256 in contents else desk.store.blobs.get(sha256) for sha256 in wanted}
