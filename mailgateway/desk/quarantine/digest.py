"""What the admin gets: a digest of what was set aside, and word of what their answer did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailgateway.desk.model import Article, ArticleKind, Direction, StoredFile
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.desk.quarantine.entry import Digest
from mailgateway.mail.model import Address, Mail
from mailgateway.mail.outgoing.tokens import DigestToken, digest_address, is_digest_signed_for

MOST_LISTED = 50
"""So many mails are in one digest; what is more waits for the next."""

_LONGEST = {"sender": 120, "subject": 120, "error": 300}


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail that is set aside, as the store lists it; `told_at` is when the admin was told of it last, if ever."""

    id: int
    mailbox: str
    subject: str
    sender: str
    size: int
    stage: str
    error: str
    at: datetime
    told_at: datetime | None


def due(waiting: Sequence[Listed], last: datetime | None, now: datetime, policy: Policy) -> tuple[Listed, ...]:
    """Return what a digest now is to tell of, oldest first, nothing where none is due; `last` is when the last was.

    What is new is told soon, and gathered from then on. Where the admin heard long ago of something that still waits,
    they are told of all that waits.
    """
    if last is not None and now - last < policy.quarantine.digest_every:
        return ()
    new = [one for one in waiting if one.told_at is None]
    old = [one for one in waiting if one.told_at is not None]
    forgotten = any(one.told_at and now - one.told_at >= policy.quarantine.remind_after for one in old)
    return tuple(sorted((*new, *(old if forgotten else ())), key=lambda one: one.id)[:MOST_LISTED])


def digest_notice(digest: Digest, listed: Sequence[Listed], others: int, policy: Policy) -> Notice:
    """Tell the admin what was set aside; `others` counts what waits beside it."""
    is_new = any(one.told_at is None for one in listed)
    values = {
        "mails": [_line(one) for one in listed],
        "others": others,
        "is_new": is_new,
        "numbers": " ".join(str(one.id) for one in listed[:2]),
        "timezone": str(policy.ruleset.timezone),
    }
    return _to_admin(NoticeKind.QUARANTINE_DIGEST, digest, Automatic.GENERATED, values, policy)


def receipt_notice(
    digest: Digest,
    mail: Mail,
    values: Mapping[str, object],
    files: tuple[StoredFile, ...],
    now: datetime,
    policy: Policy,
) -> Notice:
    """Tell the admin what became of an answer to a digest, with the mails that they wanted to see."""
    made = _to_admin(NoticeKind.QUARANTINE_RECEIPT, digest, Automatic.REPLIED, values, policy)
    attached = Article(ArticleKind.AUTO, Direction.OUT, made.sender, now, text="", attachments=files) if files else None
    known = (mail.message_id,) if mail.message_id else ()
    return replace(made, article=attached, in_reply_to=mail.message_id or "", references=known)


def is_for_admin(token: DigestToken, digest: Digest, policy: Policy) -> bool:
    """Tell whether a reply address was signed for the admin, and for this very digest."""
    return token.digest == digest.number and is_digest_signed_for(token, policy.reply_keys, _bound_to(digest, policy))


def _bound_to(digest: Digest, policy: Policy) -> str:
    # The time is signed too: where a backup was restored numbers are given again, and an old answer means other mails.
    return f"admin:{policy.admin}:{(digest.at - datetime.fromtimestamp(0, digest.at.tzinfo)) // timedelta(seconds=1)}"


def _to_admin(
    kind: NoticeKind, digest: Digest, automatic: Automatic, values: Mapping[str, object], policy: Policy
) -> Notice:
    mailbox = policy.mailboxes[0]
    key = policy.reply_keys[0]
    return Notice(
        kind=kind,
        audience=Audience.ADMIN,
        recipient=Address("", policy.admin),
        sender=Address(mailbox.display, mailbox.address),
        language=mailbox.default.language,
        automatic=automatic,
        values=values,
        answers_to=Address(
            mailbox.display, digest_address(mailbox.address, key, digest.number, _bound_to(digest, policy))
        ),
    )


def _line(one: Listed) -> dict[str, object]:
    said = {name: _on_one_line(getattr(one, name), longest) for name, longest in _LONGEST.items()}
    return {"id": one.id, "mailbox": one.mailbox, "at": one.at, "size": one.size, "stage": one.stage, **said}


def _on_one_line(text: str, longest: int) -> str:
    """Return a stranger's text fit for one line: nothing in it breaks the line or turns its direction."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
