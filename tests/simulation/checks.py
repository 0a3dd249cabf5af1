"""What has to be true of the gateway after all that was written. Each check gives what is wrong, a story each."""

import email
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import Message

from mailgateway.desk.letters.loop_limits import USUAL
from mailgateway.desk.model import ArticleKind
from mailgateway.desk.plan import Disposition
from mailgateway.store.incoming import quarantine
from mailgateway.store.outgoing import outbox
from tests.simulation.machines import OTHER_DESK
from tests.simulation.people import SECRET, Agent, Cast
from tests.simulation.truth import EXPECTED, OPENS, Matter, Sort, Truth, Written
from tests.simulation.world import Arrived, World

_SECRET = re.compile(rf"{SECRET}\d[a-z0-9]{{0,12}}q", re.IGNORECASE)
_MARK = re.compile(r"ref:t\d+\.|##-")
_MOST_AUTOMATIC = 5
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def outcome(written: Written, matter: Matter) -> Iterator[str]:
    """Judge one mail right after its round: its disposition, and the ticket it is on."""
    if written.disposition not in EXPECTED[written.sort]:
        yield f"became {written.disposition}, not {', '.join(EXPECTED[written.sort])}"
    if written.sort is not Sort.TOO_LARGE and written.ticket not in matter.numbers:
        yield f"is on ticket {written.ticket}, not on {matter.last.number}"


def everything(world: World, cast: Cast, truth: Truth) -> Iterator[str]:
    """Judge the whole, at the end."""
    yield from tickets_are_matters(truth)
    yield from words_are_filed(world, truth)
    yield from nothing_leaked(world, cast, truth)
    yield from answers_arrived(world, truth)
    yield from customers_were_heard(world, truth)
    yield from no_loop_ran(world, cast)
    yield from no_game_went_on(world)
    yield from nothing_is_left(world, truth)


def tickets_are_matters(truth: Truth) -> Iterator[str]:
    """Each matter has a ticket of its own."""
    shared = Counter(one.number for one in truth.matters if one.number)
    yield from (f"{count} matters are on ticket {number}" for number, count in shared.items() if count > 1)


def words_are_filed(world: World, truth: Truth) -> Iterator[str]:
    """What people wrote stands on their ticket once, without our marks; no quotation is filed as somebody's words."""
    for number, mails in _by_ticket(truth).items():
        articles = [filed.article for filed in world.office.ticket(number).articles]
        by_id = {article.message_id: article for article in articles if article.message_id}
        for written in mails:
            article = by_id.get(written.message_id)
            if written.sort is Sort.FOLLOW_UP and (article is None or written.word not in article.text):
                yield f"its words are not on ticket {number}: {article and article.text!r}\n{written.story()}"
            if article is not None and _MARK.search(article.text):
                yield f"our mark is among its words: {article.text!r}\n{written.story()}"
            if written.sort is Sort.NOTE and (article is None or article.kind is not ArticleKind.NOTE):
                yield f"is no note\n{written.story()}"


def nothing_leaked(world: World, cast: Cast, truth: Truth) -> Iterator[str]:
    """No secret stands in any byte, decoded or not, of a letter to somebody outside."""
    inside = {one.address for one in cast.agents} | {"postmaster@example.com"}
    by_secret = {secret: one for one in truth.mails for secret in _SECRET.findall(one.raw.decode("utf-8", "replace"))}
    for arrived in world.arrived:
        if arrived.letter.recipient in inside:
            continue
        for secret in sorted(set(_SECRET.findall("\n".join(readable(arrived.letter.raw))))):
            source = by_secret.get(secret)
            head = arrived.letter.raw[:3_000].decode("utf-8", "replace")
            yield f"{secret} reached {arrived.letter.recipient} in a {arrived.notice}:\n{head}\nIt comes from:\n" + (
                source.story() if source else "nowhere"
            )


def readable(raw: bytes) -> Iterator[str]:
    """Give everything in a mail that anybody could read: its bytes, its fields, and every part decoded."""
    yield raw.decode("utf-8", "replace")
    yield from _parts(email.message_from_bytes(raw))


def _parts(message: Message) -> Iterator[str]:
    for part in message.walk():
        for value in part.values():
            yield str(make_header(decode_header(str(value))))
        yield part.get_filename() or ""
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content.decode(part.get_content_charset() or "utf-8", "replace")


def answers_arrived(world: World, truth: Truth) -> Iterator[str]:
    """Each agent's answer reached its requester exactly once, and nobody twice."""
    got: dict[str, Counter[str]] = defaultdict(Counter)
    for arrived in world.arrived:
        if arrived.notice == "reply":
            for word in re.findall(r"ans\d+x", arrived.letter.mail.text):
                got[word][arrived.letter.recipient] += 1
    for written in truth.of(Sort.ANSWER):
        there = got[written.word]
        for reader in written.readers - {written.by}:
            if there[reader] != 1:
                yield f"reached {reader} {there[reader]} times: {dict(there)}\n{written.story()}"
        if any(count > 1 for count in there.values()):
            yield f"reached somebody twice: {dict(there)}\n{written.story()}"


def customers_were_heard(world: World, truth: Truth) -> Iterator[str]:
    """Each new matter was acknowledged, or the ticket says why not; each mail of a customer reached an agent."""
    receipts = {(one.letter.recipient, one.ticket) for one in world.arrived if one.notice == "acknowledgement"}
    told = "\n".join(one.letter.mail.text for one in world.arrived if one.audience == "agent")
    for written in truth.mails:
        if written.sort in OPENS and (written.matter.requester, written.ticket) not in receipts:
            events = world.office.ticket(written.ticket or 0).events
            if not any(event.what == "not_acknowledged" for event in events):
                yield f"was not acknowledged, and nothing says why\n{written.story()}"
        if written.sort in (Sort.OPENING, Sort.FOLLOW_UP) and written.word not in told:
            yield f"no agent was told of it\n{written.story()}"


def no_loop_ran(world: World, cast: Cast) -> Iterator[str]:
    """Nobody outside got more automatic mails within an hour than the policy allows."""
    times: dict[str, list[Arrived]] = defaultdict(list)
    for arrived in world.arrived:
        if arrived.automatic and not isinstance(cast.by_address.get(arrived.letter.recipient), Agent):
            times[arrived.letter.recipient].append(arrived)
    for address, letters in times.items():
        for first in letters:
            within = [one for one in letters if first.at <= one.at < first.at + _HOUR]
            if len(within) > _MOST_AUTOMATIC:
                yield f"{address} got {len(within)} automatic mails within an hour from {first.at}"
                break


def no_game_went_on(world: World) -> Iterator[str]:
    """The other desk, which answers each letter with a new mail, is answered a few times a day and no more."""
    times = [one.at for one in world.arrived if one.letter.recipient == OTHER_DESK and one.automatic]
    for first in times:
        within = [at for at in times if first <= at < first + _DAY]
        if len(within) > USUAL.same_text:
            yield f"{OTHER_DESK} got {len(within)} automatic mails within a day from {first}"
            break


def nothing_is_left(world: World, truth: Truth) -> Iterator[str]:
    """Mailbox, ledger, outbox and quarantine: everything came to its end, and only what was meant is set aside."""
    for line in world.reconciled():
        if not line.has_outcome or not line.settled:
            yield f"reconcile: UID {line.uid} is {line.outcome}, settled: {line.settled}"
    with world.office.gateway.store.reading() as tx:
        waiting = outbox.listed(tx, everything=False, limit=0)
        aside = quarantine.listed(tx, limit=0)
    yield from (f"still in the outbox: {line}" for line in waiting)
    meant = {one.message_id for one in truth.of(Sort.TOO_LARGE)}
    found = {entry.message_id for entry in aside}
    yield from (f"in quarantine, and not meant to be: {one}" for one in found - meant)
    yield from (f"not in quarantine: {one}" for one in meant - found)


def _by_ticket(truth: Truth) -> dict[int, list[Written]]:
    found: dict[int, list[Written]] = defaultdict(list)
    for written in truth.mails:
        number = written.matter.last.number
        if number and written.disposition not in (Disposition.DUPLICATE, Disposition.REFUSED):
            found[number].append(written)
    return found
