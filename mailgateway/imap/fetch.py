"""Reading mails: which are new, and their bytes. Reading marks nothing: every fetch is a BODY.PEEK (RFC 3501 6.4.5).

In goes a session, out come mails in the order of UIDs. A mail that the server cannot give is a value, not an exception,
so that it stops no other.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, islice

from mailgateway.imap.errors import CommandRefused
from mailgateway.imap.session import Session

# One SEARCH answer is one line, and imaplib reads lines up to a million bytes; a UID takes up to eleven
_UIDS_PER_SEARCH = 50_000
_LAST_UID = 2**32 - 1
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# RFC 2683 section 3.2.1.5: a command line of 8,000 bytes at most
_SIZES_PER_FETCH = 500
# More header than any honest mail has; the rest of an over-size mail's header is not read
_MOST_HEADER = 262_144

_Answers = dict[int, dict[bytes, object]]


@dataclass(frozen=True, slots=True)
class RemoteMail:
    """A mail as the server announces it: size in bytes, and when it arrived there (aware, UTC; None where untold)."""

    uid: int
    size: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail's bytes; of an over-size one only the header, and `headers_only` says so. `size` is the announced one."""

    uid: int
    size: int
    received_at: datetime | None
    raw: bytes = field(repr=False)
    headers_only: bool = False


@dataclass(frozen=True, slots=True)
class Unfetchable:
    """A mail that the server has and does not give; `problem` is what it said."""

    uid: int
    size: int
    received_at: datetime | None
    problem: str


def new_mails(
    session: Session, above: int, below: int = _LAST_UID + 1, since: datetime | None = None
) -> Iterator[RemoteMail]:
    """Give the mails with a UID between `above` and `below`, in ascending order, as the server is asked for them.

    What is asked, and what is held in memory, follows from how many there are of them, never from the size of the
    folder. With `since`, those that arrived more than a day before it are left out. A mail that the server cannot even
    measure comes with size 0. What was announced before counts as looked for, unless `below` may leave it out.
    Raises MailboxUnavailable.
    """
    with session.asking("NOOP") as connection:
        connection.noop()
        if below > _LAST_UID:
            connection.announced()
    yield from measured(session, chain.from_iterable(_search(session, above, below, since)))


def measured(session: Session, uids: Iterable[int]) -> Iterator[RemoteMail]:
    """Give these mails, in their order, as the server announces them; without those that are gone.

    Raises MailboxUnavailable.
    """
    left = iter(uids)
    while part := list(islice(left, _SIZES_PER_FETCH)):
        yield from _measured(session, part)


def all_uids(session: Session) -> frozenset[int]:
    """Return the UID of every mail in the folder. Raises MailboxUnavailable."""
    with session.asking("NOOP") as connection:
        connection.noop()
    return frozenset(chain.from_iterable(_search(session, 0, _LAST_UID + 1, None)))


def next_uid(session: Session) -> int:
    """Return a UID above which every mail came after the folder was selected. Raises MailboxUnavailable."""
    if session.uid_next is not None:
        return session.uid_next
    with session.asking("SEARCH") as connection:
        return min(max(connection.search("UID *"), default=0), _LAST_UID) + 1


def batches(mails: Iterable[RemoteMail], most: int, most_bytes: int) -> Iterator[tuple[RemoteMail, ...]]:
    """Cut mails, in their order, into batches of at most `most` mails and `most_bytes` announced bytes.

    A mail larger than `most_bytes` travels alone.
    """
    batch: list[RemoteMail] = []
    held = 0
    for mail in mails:
        if batch and (len(batch) == most or held + mail.size > most_bytes):
            yield tuple(batch)
            batch, held = [], 0
        batch.append(mail)
        held += mail.size
    if batch:
        yield tuple(batch)


def fetch(session: Session, batch: Sequence[RemoteMail], size_limit: int) -> list[FetchedMail | Unfetchable]:
    """Fetch a batch, in its order; of mails larger than `size_limit` bytes only the header.

    Mails that are gone meanwhile are absent. Raises MailboxUnavailable.
    """
    whole = [mail for mail in batch if mail.size <= size_limit]
    large = [mail for mail in batch if mail.size > size_limit]
    found = {
        mail.uid: mail
        for mail in chain(
            _read(session, whole, b"BODY.PEEK[]", b"BODY[]", headers_only=False),
            _read(session, large, b"BODY.PEEK[HEADER]<0.%d>" % _MOST_HEADER, b"BODY[HEADER]<0>", headers_only=True),
        )
    }
    return [found[mail.uid] for mail in batch if mail.uid in found]


def _search(session: Session, above: int, below: int, since: datetime | None) -> Iterator[list[int]]:
    """Give the UIDs between the two in parts, each sorted: no answer can outgrow what imaplib reads as a line."""
    with session.asking("SEARCH") as connection:
        highest = min(max(connection.search("UID *"), default=0), below - 1, _LAST_UID)
    session.was_told(highest)
    day = f" SINCE {_day_before(since)}" if since is not None else ""
    for first in range(above + 1, highest + 1, _UIDS_PER_SEARCH):
        last = min(first + _UIDS_PER_SEARCH - 1, highest)
        with session.asking("SEARCH") as connection:
            found = {int(uid) for uid in connection.search(f"UID {first}:{last}{day}")}
        yield sorted(uid for uid in found if first <= uid <= last)


def _day_before(moment: datetime) -> str:
    """Return a day that is surely over at that moment: SINCE disregards time and time zone (RFC 3501 section 6.4.4)."""
    day = moment - timedelta(days=1)
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"


def _measured(session: Session, uids: Sequence[int]) -> Iterator[RemoteMail]:
    answers, problems = _ask(session, uids, [b"RFC822.SIZE", b"INTERNALDATE"])
    passed_over = _kept_back(session, uids, answers, problems)
    for uid in uids:
        if uid in problems or uid in passed_over:
            yield RemoteMail(uid, 0, None)
        elif uid in answers:
            size = answers[uid].get(b"RFC822.SIZE")
            yield RemoteMail(uid, size if isinstance(size, int) else 0, _instant(answers[uid].get(b"INTERNALDATE")))


def _read(
    session: Session, mails: Sequence[RemoteMail], item: bytes, key: bytes, *, headers_only: bool
) -> Iterator[FetchedMail | Unfetchable]:
    answers, problems = _ask(session, [mail.uid for mail in mails], [item])
    bodies = {uid: body for uid, answer in answers.items() if isinstance(body := answer.get(key), bytes)}
    kept_back = _kept_back(session, [mail.uid for mail in mails], bodies, problems)
    problems |= dict.fromkeys(kept_back, "the server gave no content")
    for mail in mails:
        body = bodies.get(mail.uid)
        if mail.uid in problems:
            yield Unfetchable(mail.uid, mail.size, mail.received_at, problems[mail.uid])
        elif body is not None:
            yield FetchedMail(mail.uid, mail.size, mail.received_at, body, headers_only)


def _kept_back(session: Session, uids: Sequence[int], given: Container[int], refused: Container[int]) -> frozenset[int]:
    """Return the mails that were neither given nor refused, and are there all the same.

    Servers pass over a mail that is gone, or answer NIL; for one that is there it is trouble.
    """
    missing = [uid for uid in uids if uid not in given and uid not in refused]
    return frozenset(session.still_there(missing)) if missing else frozenset()


def _ask(session: Session, uids: Sequence[int], items: list[bytes]) -> tuple[_Answers, dict[int, str]]:
    """Fetch items of many mails: the answers, and what was said of each mail that is refused even when asked alone.

    A refused command is asked again in halves, without the mails that are gone.
    """
    if not uids:
        return {}, {}
    try:
        with session.asking("FETCH") as connection:
            return connection.fetch(uids, items), {}
    except CommandRefused as refusal:
        left = session.still_there(uids)
        if len(uids) == 1:
            return {}, dict.fromkeys(left, str(refusal))
    middle = len(left) // 2
    answers, problems = _ask(session, left[:middle], items)
    more_answers, more_problems = _ask(session, left[middle:], items)
    return answers | more_answers, problems | more_problems


def _instant(told: object) -> datetime | None:
    if not isinstance(told, datetime):
        return None
    try:
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
