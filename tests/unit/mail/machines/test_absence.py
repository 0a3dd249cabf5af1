"""is_headed_as_automatic by way of classify: subjects of automatic answers that carry no other sign."""

import pytest

from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Address, Headers, Kind, Mail

NOBODY = OwnMarks("", frozenset())


def kind(subject: str, *, answers: bool = True, fields: tuple[tuple[str, str], ...] = ()) -> Kind:
    """Classify a mail of a customer under this subject."""
    ids = ("ours@example.com",) if answers else ()
    mail = Mail(
        subject=subject, sender=Address("", "jan@x.org"), in_reply_to=ids, headers=Headers(fields), text="Away."
    )
    return classify(mail, NOBODY).kind


@pytest.mark.parametrize(
    "subject",
    [
        *(
            "Out of Office AutoReply: Printer",
            "OOO: Re: Printer",
            "[Auto-Reply] Re: Printer",
            "Out of office - Re: Printer",
        ),
        *("Auto-Antwort: Drucker", "Abwesenheitsbenachrichtigung: Drucker", "Fuori ufficio: Stampante"),
        *(
            "Automatski odgovor: Pisač",
            "Samodejni odgovor: Tiskalnik",
            "Automatinis atsakymas: X",
            "Balasan otomatis: X",
        ),
        *("Automaatvastus: X", "Resposta automàtica: X", "Автоматичен отговор: X", "ตอบกลับอัตโนมัติ: X"),
        "AUTO: Jan Kowalski is out of the office (returning 17.08.2026)",
        "AUTO: Jan Kowalski ist außer Haus (Rückkehr am 17.08.2026)",
    ],
)
def test_what_programs_write_before_a_subject_is_a_machines(subject: str) -> None:
    """In an answer nobody else begins a subject so."""
    assert kind(subject) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "words",
    [
        *(
            "Away",
            "On leave",
            "I'm on holiday",
            "Annual leave",
            "Urlaub",
            "Abwesend",
            "Außer Haus",
            "En congés",
            "Absent",
        ),
        *("De vacaciones", "In ferie", "De férias", "Niet op kantoor", "Urlop", "Poza biurem", "Jestem nieobecny"),
        *("Mimo kancelář", "В отпуске", "Вне офиса", "Отсутствую на рабочем месте", "Semester", "Ej på kontoret"),
        *("Ikke på kontoret", "Fraværende", "Lomalla", "Ofis dışında", "休暇中", "休假中", "부재 중"),
    ],
)
def test_absence_before_the_answered_subject_is_a_machines(words: str) -> None:
    """People write such words too; what follows tells: a mark of an answer, or the tag of a ticket."""
    assert kind(f"{words}: Re: Printer") is Kind.AUTO_REPLY
    assert kind(f"{words}: [#10016] Printer") is Kind.AUTO_REPLY
    assert kind(f"{words}: not before next week") is Kind.NORMAL
    assert kind(f"{words}: Re: Printer", answers=False) is Kind.NORMAL


@pytest.mark.parametrize(
    "subject",
    [
        *("Urgent: Re: [#10016] Printer", "[EXTERN] Re: [#10016] Printer", "Away with this: [#10016] Printer"),
        *(
            "Vacation module: [#10016] Printer",
            "Auto: VW Golf (2014)",
            "Ooo my god: Re: Printer",
            "Automatically: Re: x",
        ),
    ],
)
def test_other_words_before_the_answered_subject_are_a_persons(subject: str) -> None:
    """Relays and people put much before it."""
    assert kind(subject) is Kind.NORMAL


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Automatic reply: Printer", Kind.AUTO_REPLY),
        ("Automatic reply", Kind.AUTO_REPLY),
        ("Automatic reply does not work", Kind.NORMAL),
        ("Out of office hours?", Kind.NORMAL),
        ("Odpowiedź automatyczna nie działa", Kind.NORMAL),
        ("On vacation from Monday, please close my ticket", Kind.NORMAL),
    ],
)
def test_a_field_that_people_s_mails_carry_too_supports_a_heading_alone(subject: str, expected: Kind) -> None:
    """X-Auto-Response-Suppress stands in mails of people who write about automatic answers."""
    assert kind(subject, answers=False, fields=(("X-Auto-Response-Suppress", "OOF, AutoReply"),)) is expected
