"""What customers do, with the quirks of their mail programs."""

from collections.abc import Callable
from dataclasses import replace

from tests.simulation import clients
from tests.simulation.clients import Body, Head
from tests.simulation.people import Customer, Way
from tests.simulation.stage import SUPPORT, Held, Stage
from tests.simulation.truth import Matter, Sort


def opens(stage: Stage) -> bool:
    """Somebody has a new matter; some let a colleague know, some write to two of our addresses, some attach a file."""
    who = stage.chance.choice(stage.cast.customers)
    message_id, subject, word = stage.fresh_id(f"company{who.company}.example"), stage.subject(), stage.word("pub")
    index = clients.thread_index(stage.chance) if who.exchange else ""
    matter = stage.matter(who.address, subject, message_id, index)
    kind = stage.chance.choice(("plain", "plain", "cc", "two", "file"))
    cc = (stage.cast.colleague(who, stage.chance).address,) if kind == "cc" else ()
    matter.people.update(cc)
    head = Head(
        sender=(who.name, who.address),
        to=(SUPPORT, "help@example.com") if kind == "two" else (SUPPORT,),
        subject=subject,
        message_id=message_id,
        cc=cc,
        more=(("Thread-Index", index),) if index else (),
    )
    files = (("photo ż.jpg", stage.chance.randbytes(5_000)),) if kind == "file" else ()
    body = clients.fresh(stage.words(word), who.signature, who.style)
    stage.write(Sort.OPENING, f"{who.style}, {kind}", matter, word, head, clients.mail(head, body, files))
    return True


def answers(stage: Stage) -> bool:
    """Somebody answers a letter of ours in the way of their program."""
    found = _held(stage)
    if found is None:
        return False
    who, held = found
    possible = [way for way in who.ways if _is_possible(way, who, held)]
    way = stage.chance.choice(possible or [Way.NORMAL])
    word = stage.word("pub")
    head = _head(stage, who, held, way)
    body = clients.answer(stage.words(word), held.arrived.letter, who.style, who.signature, stage.chance)
    if way in (Way.TAG_ALONE, Way.THREAD_INDEX_ALONE, Way.SAME_SUBJECT, Way.REDIRECTED):
        body = clients.bare_answer(stage.words(word), who.signature)
    stage.write(Sort.FOLLOW_UP, f"{who.style}; {way.value}", held.matter, word, head, body)
    return True


def a_colleague_answers(stage: Stage) -> bool:
    """Somebody of the same company, who got the letter passed on inside, answers it by its References."""
    found = _held(stage)
    if found is None:
        return False
    who, held = found
    other = stage.cast.colleague(who, stage.chance)
    word = stage.word("pub")
    head = replace(_head(stage, who, held, Way.PLUS_DROPPED), sender=(other.name, other.address))
    body = clients.answer(stage.words(word), held.arrived.letter, "top", other.signature, stage.chance)
    stage.write(Sort.FOLLOW_UP, "a colleague who got no letter, by References", held.matter, word, head, body)
    return True


def colleagues_talk(stage: Stage) -> bool:
    """Two colleagues write to each other with us on Cc; what only they saw is mentioned, and found by it later."""
    matters = [one for one in stage.truth.matters[-30:] if one.number and one.opening_id and _customer(stage, one)]
    if not matters:
        return False
    matter = stage.chance.choice(matters)
    who = _customer(stage, matter)
    assert who is not None
    other = stage.cast.colleague(who, stage.chance)
    word, domain = stage.word("pub"), f"company{who.company}.example"
    writer, reader = (other, who) if matter.third_party_id else (who, other)
    named = () if matter.third_party_id else (matter.opening_id,)
    matter.third_party_id = matter.third_party_id or stage.fresh_id(domain)
    seen = (*named, matter.third_party_id)
    head = Head(
        sender=(writer.name, writer.address),
        to=(reader.address,),
        cc=(SUPPORT,),
        subject=f"between us {word}",
        message_id=stage.fresh_id(domain),
        in_reply_to=seen[-1],
        references=seen,
    )
    body = clients.bare_answer(stage.words(word), writer.signature)
    stage.write(Sort.FOLLOW_UP, "colleagues with us on Cc, by an id that was mentioned", matter, word, head, body)
    return True


def forwards(stage: Stage) -> bool:
    """Somebody passes a mail on to us: a matter of its own, though it quotes a letter about another."""
    found = _held(stage)
    if found is None:
        return False
    who, held = found
    word, letter = stage.word("pub"), held.arrived.letter
    message_id = stage.fresh_id(f"company{who.company}.example")
    matter = stage.matter(who.address, f"fwd {word}", message_id)
    head = Head(
        sender=(who.name, who.address),
        to=(SUPPORT,),
        subject=f"Fwd: {letter.mail.subject} ({word})",
        message_id=message_id,
        references=(letter.mail.message_id or "",),
    )
    body = clients.forwarded(stage.words(word), f"Support <{SUPPORT}>", letter.mail.subject, letter.mail.text)
    stage.write(Sort.OPENING, "a letter of ours passed on to us, with its References", matter, word, head, body)
    return True


def sends_again(stage: Stage) -> bool:
    """A mail server delivers a mail of an earlier round once more."""
    before = [one for one in stage.truth.of(Sort.OPENING, Sort.FOLLOW_UP, Sort.NOTE) if one.round < stage.round]
    if not before:
        return False
    first = stage.chance.choice(before[-50:])
    head = Head(sender=("", first.by), to=(SUPPORT,), subject="", message_id=first.message_id)
    raw = b"Received: from relay.example by mx.example.com; Mon, 2 Nov 2026 10:00:09 +0100\r\n" + first.raw
    stage.write(Sort.COPY, f"mail {first.serial} once more", first.matter, first.word, head, raw)
    return True


def a_stranger_lies(stage: Stage) -> bool:
    """Somebody outside writes with the number of a ticket that is not theirs, or as an agent without any proof."""
    matters = [one for one in stage.truth.matters if one.number and one.opening_id and _customer(stage, one)]
    if not matters:
        return False
    about, word = stage.chance.choice(matters), stage.word("pub")
    evil = f"evil{len(stage.truth.mails)}.example"
    forged = stage.chance.random() < 0.3
    agent = stage.chance.choice(stage.cast.agents)
    sender = (agent.display, agent.address) if forged else ("Mallory", f"mallory@{evil}")
    message_id = stage.fresh_id(evil)
    head = Head(
        sender=sender,
        to=(SUPPORT,),
        subject=f"Re: [#{about.number}] {about.subject} {word}",
        message_id=message_id,
        references=() if forged else (about.opening_id,),
        more=(("Authentication-Results", "evil.example; dmarc=pass header.from=example.com"),) if forged else (),
    )
    matter = stage.matter(sender[1], f"lie {word}", message_id)
    body = Body(f"#solved\n{stage.words(word)}\n")
    stage.write(Sort.LIE, f"names ticket {about.number}, as {sender[1]}", matter, word, head, body)
    return True


def sends_too_much(stage: Stage) -> bool:
    """Somebody sends more than the mailbox takes."""
    who = stage.chance.choice(stage.cast.customers)
    word, message_id = stage.word("pub"), stage.fresh_id(f"company{who.company}.example")
    matter = stage.matter(who.address, f"large {word}", message_id)
    head = Head(sender=(who.name, who.address), to=(SUPPORT,), subject="My holiday", message_id=message_id)
    raw = clients.mail(head, Body(stage.words(word)), [("beach.png", b"\0" * 1_200_000)])
    stage.write(Sort.TOO_LARGE, "1.6 MB", matter, word, head, raw)
    return True


def _held(stage: Stage) -> tuple[Customer, Held] | None:
    """Choose somebody who has letters of ours, and one of these."""
    able = [one for one in stage.cast.customers if stage.inbox[one.address]]
    if not able:
        return None
    who = stage.chance.choice(able)
    return who, stage.chance.choice(stage.inbox[who.address])


def _customer(stage: Stage, matter: Matter) -> Customer | None:
    found = stage.cast.by_address.get(matter.requester)
    return found if isinstance(found, Customer) else None


def _is_possible(way: Way, who: Customer, held: Held) -> bool:
    """Tell whether the matter is the writer's own, for ways that only they can go."""
    own, unchanged = held.matter.requester == who.address, held.matter.into is None
    needs: dict[Way, Callable[[], bool]] = {
        Way.THREAD_INDEX_ALONE: lambda: own and bool(held.matter.thread_index),
        Way.SAME_SUBJECT: lambda: own and unchanged and not held.matter.subject.startswith(("fwd", "lie", "large")),
    }
    return way not in needs or needs[way]()


def _head(stage: Stage, who: Customer, held: Held, way: Way) -> Head:
    letter = held.arrived.letter.mail
    reply_to = letter.reply_to[0].address if letter.reply_to else SUPPORT
    ours = letter.message_id or ""
    head = Head(
        sender=(who.name, who.address),
        to=(reply_to,),
        subject=f"Re: {letter.subject}",
        message_id=stage.fresh_id(f"company{who.company}.example"),
        in_reply_to=ours,
        references=(*letter.references, ours),
    )
    bare = replace(head, to=(SUPPORT,), in_reply_to="", references=())
    index = held.matter.thread_index
    rewritten = f"0100019{stage.chance.getrandbits(40):x}@email.amazonses.example"
    heads: dict[Way, Head] = {
        Way.NORMAL: head,
        Way.PLUS_DROPPED: replace(head, to=(SUPPORT,)),
        Way.TAG_ALONE: bare,
        Way.MARK_ALONE: replace(bare, subject="one more thing"),
        Way.RELAYED: replace(bare, subject="my answer", in_reply_to=rewritten, references=(rewritten,)),
        Way.SUBJECT_CHANGED: replace(head, subject="Something else altogether"),
        Way.THREAD_INDEX_ALONE: replace(
            bare,
            subject="it goes on",
            more=(("Thread-Index", clients.thread_index_below(index, stage.chance)),) if index else (),
        ),
        Way.SAME_SUBJECT: replace(bare, subject=f"AW: {held.matter.subject}"),
        Way.REDIRECTED: replace(
            bare,
            to=("info@old-desk.example",),
            subject="by another way",
            more=(
                ("Resent-From", "info@old-desk.example"),
                ("Resent-To", reply_to),
                ("X-MS-Exchange-Inbox-Rules-Loop", "info@old-desk.example"),
            ),
        ),
        Way.ALIAS: replace(head, sender=(who.name, who.alias)),
        Way.ALIAS_PLUS_DROPPED: replace(head, sender=(who.name, who.alias), to=(SUPPORT,)),
    }
    return heads[way]
