"""Ping-pong over tickets: two machines are known by what no person does, and an honest person is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.desk.decide import decide_mail
from mailgateway.desk.letters.loop_limits import USUAL, LoopLimits
from mailgateway.desk.letters.pingpong import ALIKE, PROMPT, Lately, Opened, PingPong, ping_pong
from mailgateway.desk.model import LinkKind, News
from mailgateway.desk.plan import AddLink, Disposition, NoticeKind, OpenTicket, Plan, RecordEvent
from mailgateway.mail.model import Attachment
from tests.unit.desk.builders import CARLA, DAVE, NOW, make_facts, make_incoming, make_mail, make_policy

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
RECEIPT = "Thank you for your message. We have opened case {} for you and will get back to you as soon as we can."
SCAN = Attachment("scan.pdf", "application/pdf", b"%PDF")


def tickets(*texts: str, subject: str = "Your message", apart: timedelta = HOUR) -> tuple[Opened, ...]:
    """Return tickets with these texts, the last one newest."""
    count = len(texts)
    made = [Opened(100 + n, NOW - (count - n) * apart, f"{subject} {n}", text) for n, text in enumerate(texts)]
    return tuple(reversed(made))


def judged(
    text: str,
    *before: Opened,
    subject: str = "Your message 9",
    letters: tuple[timedelta, ...] = (),
    limits: LoopLimits = USUAL,
) -> PingPong | None:
    """Judge a mail now; `letters` tells how long before now automatic mails went out."""
    lately = Lately(before, tuple(NOW - ago for ago in letters))
    return ping_pong(subject, text, (), lately, NOW, limits)


def test_the_same_text_over_tickets_is_a_game_whatever_number_is_in_it() -> None:
    """Three receipts of another desk, each with its own number, make the fourth one a move in a game."""
    before = tickets(*(RECEIPT.format(f"CS-{number}") for number in (17, 18, 19)))
    assert judged(RECEIPT.format("CS-20"), *before) == PingPong(ALIKE, 100)
    assert judged(RECEIPT.format("CS-20").upper().replace(" ", "\n"), *before) == PingPong(ALIKE, 100)
    assert judged(RECEIPT.format("CS-20"), *before[:2]) is None
    assert judged(RECEIPT.format("CS-20"), *before[:1], limits=LoopLimits(same_text=1)) == PingPong(ALIKE, 102)
    assert judged("It is broken again, and this time nobody in the office can print.", *before) is None


@pytest.mark.parametrize(
    ("text", "subject", "is_game"),
    [
        ("See below.", "Printer", True),
        ("See below.", "Re: Printer", True),
        ("See below.", "Scanner", False),
        ("Please unlock 4712", "Printer", False),
        ("", "Printer", False),
    ],
)
def test_a_few_words_count_with_their_subject_and_numbers(text: str, subject: str, is_game: bool) -> None:  # noqa: FBT001 - a column of the table
    """Short mails of a busy person look alike: about accounts 4711 and 4712, or with nothing but a subject."""
    told = [replace(one, subject="Printer") for one in tickets(*["See below."] * 3)]
    other = [replace(one, subject="Printer") for one in tickets(*["Please unlock 4711"] * 3)]
    assert (judged(text, *told, *other, subject=subject) is not None) is is_game


def test_files_are_told_apart_by_their_content() -> None:
    """A scanner writes the same with each page; a mail that is attached, as some desks do, is no file of anybody's."""
    lately = Lately(tickets(*[RECEIPT] * 5))
    attached = replace(SCAN, content_type="message/rfc822")
    for files, is_game in (((SCAN,), False), ((replace(SCAN, inline=True), attached), True)):
        assert (ping_pong("x", RECEIPT, files, lately, NOW, LoopLimits()) is not None) is is_game


def test_tickets_within_seconds_of_our_mails_are_a_game_whatever_they_say() -> None:
    """Four times in a day nobody answers a receipt before they can have read it."""
    before = tickets("one", "two", "three", "four", apart=10 * SECOND)
    letters = tuple(second * SECOND for second in (8, 18, 28, 38, 48))
    assert judged("five", *before, letters=letters) == PingPong(PROMPT, 100)
    assert judged("five", *before[:3], letters=letters) is None
    assert judged("five", *before, letters=letters, limits=LoopLimits(prompt_tickets=5)) is None


def test_a_person_who_sends_one_mail_after_the_other_is_no_machine() -> None:
    """A minute lies between them; nor is a backlog a game, whose mails were written before our receipts went out."""
    before = tickets("one", "two", "three", "four", "five", apart=60 * SECOND)
    assert judged("six", *before, letters=tuple(second * SECOND for second in range(59, 360, 60))) is None
    assert judged("six", *before, letters=(timedelta(0), -SECOND)) is None


def _opened(lately: Lately, **changes: object) -> Plan:
    mail = make_mail(RECEIPT.format("CS-20"), cc=(DAVE,))
    return decide_mail(make_incoming(mail), replace(make_facts(), lately=lately), make_policy(**changes))


def test_the_ticket_of_a_game_opens_in_silence() -> None:
    """It is marked and tied to where the game began; agents hear of it, its requester and those on Cc do not."""
    plan = _opened(Lately(tickets(*[RECEIPT.format("CS-1")] * 3)))
    opening = plan.changes[0]
    assert plan.disposition is Disposition.OPENED
    assert isinstance(opening, OpenTicket)
    assert opening.ticket.tags == ("mail-loop",)
    assert set(opening.ticket.silent) == set(News)
    assert AddLink(100, LinkKind.RELATED, why="mail-loop") in plan.changes
    assert RecordEvent("not_acknowledged", {"why": ALIKE}) in plan.changes
    assert {notice.kind for notice in plan.notices} == {NoticeKind.AGENT_NOTIFICATION}


@pytest.mark.parametrize("exempt", [CARLA.key, f"@{CARLA.domain}"])
def test_who_may_get_any_number_of_mails_plays_no_game(exempt: str) -> None:
    """A monitor that writes the same all day may be meant to."""
    plan = _opened(Lately(tickets(*[RECEIPT.format("CS-1")] * 9)), unlimited=frozenset({exempt}))
    assert NoticeKind.ACKNOWLEDGEMENT in {notice.kind for notice in plan.notices}


def test_an_honest_mail_is_acknowledged() -> None:
    """The first mail of somebody, and one of somebody who wrote of other things."""
    for lately in (Lately(), Lately(tickets("one", "two", "three", "four"))):
        plan = _opened(lately)
        assert NoticeKind.ACKNOWLEDGEMENT in {notice.kind for notice in plan.notices}
