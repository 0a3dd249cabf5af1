"""What mailboxes write by themselves while their owners are away, and what another desk answers to each letter."""

from tests.simulation.clients import Body, Head, mail
from tests.simulation.people import SECRET, Agent, Responder
from tests.simulation.stage import SUPPORT, Held, Stage
from tests.simulation.truth import Sort

OTHER_DESK = "service@other-desk.example"
_SUBJECTS = ("Automatic reply: {}", "Out of office: {}", "Abwesenheitsnotiz: {}", "Automatyczna odpowiedź: {}")


def respond(stage: Stage) -> int:
    """Let the mailboxes of those who are away answer the letters of the last round; return how many did."""
    return sum(_responds(stage, held) for held in stage.news)


def other_desk_plays(stage: Stage) -> bool:
    """Another desk writes to us, and later answers each letter of ours as if it were the first: it marks nothing."""
    case, message_id = stage.chance.randrange(10_000, 99_999), stage.fresh_id("other-desk.example")
    word = stage.word("pub")
    subject = f"[Case {case}] We got your mail"
    matter = stage.matter(OTHER_DESK, subject, message_id)
    head = Head(("Other desk", OTHER_DESK), (SUPPORT,), subject, message_id)
    text = f"Thank you for writing to us. Your case is {case}. Somebody will look at it within two days. {word}\n"
    stage.write(Sort.GAME, "marks nothing, keeps no trace", matter, word, head, Body(text))
    return True


def _responds(stage: Stage, held: Held) -> bool:
    letter = held.arrived.letter
    if letter.recipient == OTHER_DESK:
        return other_desk_plays(stage)
    who = stage.cast.by_address.get(letter.recipient)
    if who is None or who.responder is Responder.NONE:
        return False
    if who.responder is not Responder.BARE and stage.chance.random() < 0.85:
        return False  # who was told within the last days is not told again
    marked = who.responder is Responder.MARKED
    is_agent = isinstance(who, Agent)
    to = letter.mail.reply_to[0].address if is_agent and letter.mail.reply_to else SUPPORT
    subject = f"Re: {letter.mail.subject}" if who.responder is Responder.BARE else _subject(stage, held)
    head = Head(
        sender=(who.name, who.address),
        to=(to,),
        subject=subject,
        message_id=stage.fresh_id(f"{SECRET}2hostq.example" if is_agent else "away.example"),
        in_reply_to=letter.mail.message_id or "",
        more=(("Auto-Submitted", "auto-replied"),) if marked else (),
    )
    word = stage.secret() if is_agent else stage.word("pub")
    body = Body(f"I am away until Monday. {word}\n")
    sort = Sort.UNMARKED if who.responder is Responder.BARE else Sort.MACHINE
    stage.write(
        sort, f"{who.responder.value}; answers a {held.arrived.notice}", held.matter, word, head, mail(head, body)
    )
    return True


def _subject(stage: Stage, held: Held) -> str:
    return stage.chance.choice(_SUBJECTS).format(held.arrived.letter.mail.subject)
