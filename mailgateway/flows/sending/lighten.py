"""A letter too large for its server takes its files out and goes on as another one, in a single transaction."""

from dataclasses import replace
from email import message_from_bytes
from email.utils import parseaddr
from functools import partial

from mailgateway import log
from mailgateway.desk.letters.delivery import replaced
from mailgateway.desk.letters.left_out import files_left_out
from mailgateway.desk.plan import Audience
from mailgateway.desk.policy import Policy
from mailgateway.flows.desk import Desk
from mailgateway.flows.races import despite_races
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.mail.model import Letter
from mailgateway.mail.outgoing.lighter import Lighter, without_files
from mailgateway.mail.outgoing.tokens import letter_id
from mailgateway.mail.outgoing.verp import verp_address
from mailgateway.smtp.outcome import TooLarge
from mailgateway.store.engine import Transaction
from mailgateway.store.gather import gather_ticket
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.replacing import Original, original, replace_letter
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.articles import author_of

_log = log.logger("lighten")


def send_without_files(desk: Desk, outgoing: outbox.Outgoing, refusal: TooLarge) -> bool:
    """Queue a letter's text, with a list of its files, in its place; False where it has none or is still too large.

    The new letter's id derives from the old one's, so that the same work done again makes the same letter.
    """
    policy = desk.policy()
    with desk.store.reading() as tx:
        before, letter = original(tx, outgoing.id), outbox.letter(tx, outgoing.id)
    message_id = letter_id(policy.reply_keys[0], f"{letter.message_id}/without-files", policy.domain)
    lighter = _lighter(desk, letter, message_id, before, refusal.limit)
    if lighter is None:
        return False
    made = desk.sign(_written(letter, message_id, lighter, policy))
    despite_races(lambda: _replace(desk, outgoing, before, made, lighter, refusal))
    desk.letters_waiting()
    _log.warning(
        "deliver.lightened",
        outbox_id=outgoing.id,
        ticket=outgoing.ticket,
        message_id=message_id,
        files=len(lighter.left_out),
        answer=refusal.reason,
    )
    return True


def _lighter(desk: Desk, letter: Letter, message_id: str, before: Original, most: int | None) -> Lighter | None:
    word = partial(desk.renderer().left_out, before.language, is_internal=before.audience != Audience.CUSTOMER)
    try:
        return without_files(letter.content, message_id, word, most)
    except Exception as error:  # noqa: BLE001 - a bug of ours in one letter must not stop those behind it
        kind = type(error).__name__
        _log.error("deliver.not_lightened", message_id=letter.message_id, error=kind, exception=log.frames(error))
        return None


def _written(letter: Letter, message_id: str, lighter: Lighter, policy: Policy) -> Letter:
    sender = parseaddr(str(message_from_bytes(letter.content.partition(b"\r\n\r\n")[0])["From"]))[1]
    envelope_from = verp_address(sender, message_id) if policy.verp and sender else letter.envelope_from
    return replace(letter, message_id=message_id, envelope_from=envelope_from, content=lighter.content)


def _replace(
    desk: Desk, outgoing: outbox.Outgoing, before: Original, made: Letter, lighter: Lighter, refusal: TooLarge
) -> None:
    with desk.store.writing() as tx:
        now = desk.clock()
        verdict = replaced(f"{refusal.code} {refusal.reason}: sent without its files as {made.message_id}", now)
        if replace_letter(tx, outgoing.id, before, made, verdict) and before.ticket is not None:
            _tell(desk, tx, before, made, lighter)


def _tell(desk: Desk, tx: Transaction, before: Original, made: Letter, lighter: Lighter) -> None:
    policy, number = desk.policy(), before.ticket or 0
    facts = gather_ticket(tx, number, f"files-left-out-{made.message_id}", desk.clock())
    candidate = facts.candidate(number)
    if candidate is None:
        return
    author = author_of(tx, number, before.created_at)
    plan = files_left_out(made.recipient, before.audience, lighter.left_out, author, candidate, facts.now, policy)
    apply(tx, plan, None)
    queue_letters(desk, tx, plan, number, facts.occasion, policy)
