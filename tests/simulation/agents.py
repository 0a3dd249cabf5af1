"""What agents do, by mail alone: they answer, note, command, mistype, and pass mails on."""

from collections.abc import Callable
from dataclasses import replace

from tests.simulation import clients
from tests.simulation.clients import Head
from tests.simulation.people import GROUPS, SECRET, Agent
from tests.simulation.stage import SUPPORT, Held, Stage
from tests.simulation.truth import Matter, Sort, Written

_DMARC = ("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com")
_BY_A_LIST = (
    ("Authentication-Results", "mx.example.com; dkim=fail; dmarc=fail header.from=example.com; arc=pass"),
    ("ARC-Seal", "i=1; a=rsa-sha256; cv=none; d=lists.example.org; s=arc; b=c2VhbA=="),
    ("ARC-Message-Signature", "i=1; a=rsa-sha256; d=lists.example.org; s=arc; h=from; b=c2lnbmVk"),
    ("ARC-Authentication-Results", "i=1; mx.lists.example.org; dmarc=pass header.from=example.com"),
)
"""What is left of the proof of an agent's mail that came by a list: the word of the list, sealed."""
_WORKABLE = frozenset({"agent_notification", "agent_follow_up"})


def answers(stage: Stage) -> bool:
    """An agent answers the customer; some set a status with it, some add a note for their colleagues."""
    found = _held(stage)
    if found is None:
        return False
    agent, held = found
    word = stage.word("ans")
    before = stage.chance.choice(("", "", "#solved\n", "#pending\n", "#assign me\n#solved\n"))
    beside = f"\n#note\nBetween us: {stage.secret()}" if stage.chance.random() < 0.2 else ""
    text = f"{before}{stage.words(word)}{beside}"
    written = _write(stage, Sort.ANSWER, agent, held, word, text)
    written.readers = frozenset({held.matter.last.requester})
    return True


def notes(stage: Stage) -> bool:
    """An agent writes a note."""
    return _says(stage, Sort.NOTE, lambda: f"#note\nThis one is difficult: {stage.secret()}")


def mistypes(stage: Stage) -> bool:
    """An agent gets a command wrong: nothing goes out, whatever stands below it."""
    return _says(stage, Sort.MISTAKE, lambda: f"#slove\nNever mind: {stage.secret()}")


def commands(stage: Stage) -> bool:
    """An agent changes the ticket without a word to anybody."""
    wanted = stage.chance.choice(
        (
            "#priority urgent\n#tag {secret}",
            "#assign me\n#type request",
            "#solved",
            "#pending",
            f"#group {stage.chance.choice(GROUPS)}",
            "#cc third{number}@party.example",
            "#group hardware\n#note\nPlease look: {secret}",
        )
    )
    return _says(
        stage, Sort.COMMANDS, lambda: wanted.format(secret=stage.secret(), number=stage.chance.randrange(1000))
    )


def merges(stage: Stage) -> bool:
    """An agent merges the ticket of a letter into another."""
    found = _held(stage)
    others = [one for one in stage.truth.matters[-20:] if one.number and one.into is None and _is_customers(stage, one)]
    if found is None or not others:
        return False
    agent, held = found
    other, here = stage.chance.choice(others), held.matter.last
    if other is here or not _is_customers(stage, here):
        return False
    written = _write(stage, Sort.COMMANDS, agent, held, stage.word("mrg"), f"#merge {other.number}")
    written.how += f"; merges ticket {here.number} into {other.number}"
    here.into = other
    other.people |= here.people
    return True


def passes_on(stage: Stage) -> bool:
    """A customer wrote to an agent in person, who passes the mail on, with a word of their own for colleagues."""
    agent, who = stage.chance.choice(stage.cast.agents), stage.chance.choice(stage.cast.customers)
    word, subject, message_id = stage.word("pub"), stage.subject(), _id(stage)
    matter = stage.matter(who.address, f"fwd {subject}", "")
    proof = stage.chance.choice(((_DMARC,), _BY_A_LIST))
    head = Head((agent.display, agent.address), (SUPPORT,), f"Fwd: {subject}", message_id, more=proof)
    body = clients.forwarded(
        f"Please take this: {stage.secret()}", f"{who.name} <{who.address}>", subject, stage.words(word)
    )
    stage.write(Sort.PASSED_ON, f"for {who.address}", matter, word, head, body)
    return True


def asks_as_customer(stage: Stage) -> bool:
    """An agent has a matter of their own, and is a customer there."""
    agent = stage.chance.choice(stage.cast.agents)
    word, subject, message_id = stage.word("pub"), stage.subject(), stage.fresh_id("requester.example")
    matter = stage.matter(agent.address, subject, "")
    head = Head((agent.display, agent.address), (SUPPORT,), subject, message_id)
    body = clients.fresh(stage.words(word), agent.display, "top")
    stage.write(Sort.OPENING, "an agent as a customer", matter, word, head, body)
    return True


def _says(stage: Stage, sort: Sort, text: Callable[[], str]) -> bool:
    found = _held(stage)
    if found is None:
        return False
    agent, held = found
    _write(stage, sort, agent, held, stage.word("cmd"), text())
    return True


def _write(stage: Stage, sort: Sort, agent: Agent, held: Held, word: str, text: str) -> Written:
    letter = held.arrived.letter
    head = Head(
        sender=(agent.display, agent.address),
        to=(letter.mail.reply_to[0].address,),
        subject=f"RE: {letter.mail.subject}",
        message_id=_id(stage),
        in_reply_to=letter.mail.message_id or "",
        references=(*letter.mail.references, letter.mail.message_id or ""),
    )
    if stage.chance.random() < 0.3:
        head = replace(head, more=(_DMARC, ("X-Mailer", f"Desk client {SECRET}1clientq")))
    body = clients.answer(text, letter, agent.style, agent.signature, stage.chance)
    return stage.write(sort, f"{agent.style}: {text.splitlines()[0]}", held.matter, word, head, body)


def _id(stage: Stage) -> str:
    """Return the id of an agent's mail, which tells where they sit."""
    return stage.fresh_id(f"{SECRET}1hostq.example")


def _is_customers(stage: Stage, matter: Matter) -> bool:
    return not isinstance(stage.cast.by_address.get(matter.requester), Agent)


def _held(stage: Stage) -> tuple[Agent, Held] | None:
    """Choose an agent with tickets to work on, and one of their notices."""
    at_hand = {
        agent: held
        for agent in stage.cast.agents
        if (held := [one for one in stage.inbox[agent.address] if one.arrived.notice in _WORKABLE])
    }
    if not at_hand:
        return None
    agent = stage.chance.choice(list(at_hand))
    return agent, stage.chance.choice(at_hand[agent])
