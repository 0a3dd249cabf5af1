"""A letter went without its files: the ticket remembers which, and who answered is told, or who works on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailgateway.desk.facts import Candidate
from mailgateway.desk.letters.notices import to_worker
from mailgateway.desk.letters.workers import as_worker, workers
from mailgateway.desk.plan import Audience, Disposition, Notice, NoticeKind, Plan, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.thread import for_notes
from mailgateway.mail.outgoing.lighter import LeftOut


def files_left_out(
    recipient: str,
    audience: str,
    files: Sequence[LeftOut],
    author: str,
    candidate: Candidate,
    now: datetime,
    policy: Policy,
) -> Plan:
    """Return the plan for a letter that went without these files; `author` is the address of who wrote it, or "".

    A letter to an agent says so itself, and nobody else is told.
    """
    told = _told(recipient, files, author, candidate, policy) if audience == Audience.CUSTOMER else ()
    detail = {"to": recipient, "files": [file.filename for file in files]}
    return Plan(
        at=now,
        actor="delivery",
        disposition=Disposition.RECORDED,
        reason="too large for the mail server",
        ticket=candidate.ticket.number,
        changes=(RecordEvent("files_left_out", detail),),
        notices=told,
        is_quiet=True,
    )


def _told(
    recipient: str, files: Sequence[LeftOut], author: str, candidate: Candidate, policy: Policy
) -> tuple[Notice, ...]:
    bare = to_worker(NoticeKind.FILES_LEFT_OUT, None, candidate.ticket, policy, candidate.public_ids)
    agent = policy.directory.agent_at(author) if author else None
    people = workers(candidate.ticket, policy, except_for="") if agent is None else (as_worker(agent),)
    values = {"address": recipient, "files": tuple(files)}
    return tuple(
        replace(bare, recipient=one.address, bound_to=for_notes(one.bound_to) if one.bound_to else "", values=values)
        for one in people
    )
