"""Words of the writer's own that only look like quotation, attribution, history, signature or disclaimer: they stay."""

from dataclasses import replace
from typing import Any

import pytest

from mailgateway.mail.model import Address, Mail
from mailgateway.mail.written.reply import split_reply

ATTRIBUTION = "On Mon, 4 Mar 2024 at 15:15, Helpdesk <help@firm.example> wrote:"
MARKER = "##- Please type your reply above this line -##"
HEADERS = "From: Bank <bank@phish.example>\nTo: jan@x.example\nDate: Mon, 4 Mar 2024 15:15\nSubject: Blocked"


def written(text: str, *, answers: bool = True, html: str | None = None) -> str:
    """Return what is taken for the writer's own in an answer, or in a mail that answers nothing."""
    subject = "Re: Printer" if answers else "Printer"
    return split_reply(Mail(text=text, html_source=html, subject=subject)).text


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        'Hello,\n\nOn 4 March 2024 your colleague Anna wrote:\n"Please restart it."\n\nI did, it does not print.',
        "Guten Tag,\n\nam 04.03.2024 schrieb Ihre Kollegin:\n\nBitte neu starten.\n\nDas half nicht.",
        "Hello,\n\nOn Monday, 4 March 2024 at 9:30 I wrote:\nthe printer is dead.\nNobody answered.",
        "Hello,\n\nI asked help@vendor.example on 4 March 2024 and they said:\n\nIt is your fault.\n\nIs it?",
        "The log says\nMar 4 15:15:01 mx postfix[12]: from=<a@x.example>:\nconnection refused\nWhy?",
    ],
)
def test_a_sentence_that_tells_of_a_letter_begins_no_history(text: str, *, answers: bool) -> None:
    """Who cites gives a day; a mail program gives a time or an address in brackets as well."""
    assert written(text, answers=answers) == text


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "Please change my booking:\n\nFrom: Berlin\nTo: Munich\nDate: 3 May 2024\nPassengers: 2\n\nMake it 5 May.",
        "Mein Paket:\nVon: Anna Nowak, Berlin\nAn: Jan Kowalski, Köln\nDatum: 3.5.2024\n\nWo ist es?",
        "Proszę o zmianę:\nOd: Warszawa\nDo: Kraków\nData: 4.03.2024 15:15\n\nNowy termin to 5.03.",
        "I tested by telnet:\nFrom: jan@x.example\nTo: help@firm.example\nSubject: Test\n\nIt says 550. Why?",
        "The command is\n\n--original --force\n\nand it fails with error 5.",
        "Two things:\n\n-- Original message was lost, send it again please.\n-- The invoice has no number.",
        "-- in reply to your question: it is model 5.\n-- the serial number is 4711.",
    ],
)
def test_fields_of_a_journey_and_options_of_a_command_begin_no_history(text: str, *, answers: bool) -> None:
    """A block of header fields speaks of a mail; a separator is drawn."""
    assert written(text, answers=answers) == text


@pytest.mark.parametrize(
    "text",
    [
        f"Is this mail from you?\n\n{HEADERS}\n\nPlease click here.\n\nI did not click on it.",
        "Hello,\n\nOn Mon, 4 Mar 2024 at 15:15, Anna <a@x.example> wrote:\nIt smokes.\n\nWhat shall I do?",
        "I run this\n\n> npm install\n> npm ERR! code ENOENT",
    ],
)
def test_a_mail_that_answers_nothing_has_no_history(text: str) -> None:
    """What is pasted into a first mail is its matter."""
    assert written(text, answers=False) == text


@pytest.mark.parametrize(
    "sign",
    [
        {"in_reply_to": ("1@firm.example",)},
        {"references": ("1@firm.example",)},
        {"to": (Address("", "help+t7.x@firm.example"),)},
        {"subject": "SV: Printer"},
    ],
)
def test_a_mail_shows_by_one_of_several_signs_that_it_answers(sign: dict[str, Any]) -> None:
    """By ids, by an address that our letters name, or by its subject."""
    mail = replace(Mail(text=f"It works.\n\n{HEADERS}\n\nold words", subject="Printer"), **sign)
    assert split_reply(mail).text == "It works."


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "I run this:\n\n> npm install\n> npm ERR! code ENOENT\n\nWhat is wrong?",
        "It fails when I run this:\n\n> npm install\n> npm ERR! code ENOENT",
        "It fails.\n> npm install\n> npm ERR! code ENOENT\nPlease help me.",
        "Your page says:\n\n> We answer within a day.\n\nIt has been a week.",
        "The total is\n> 5 EUR\nwhich is too much.",
        "This fails:\n\n>>> import numpy\nModuleNotFoundError\n\nHow do I install it?",
    ],
)
def test_lines_that_the_writer_shows_are_no_quotation(text: str, *, answers: bool) -> None:
    """Commands, pages, sums: no mail program introduced them, the writer's own words lead to them."""
    assert written(text, answers=answers) == text


def test_a_block_that_the_writer_shows_in_html_stays() -> None:
    """Editors set an error message as a blockquote."""
    page = "<p>The error is:</p><blockquote>code 42</blockquote><p>Please help.</p>"
    assert "code 42" in written("", html=page)


@pytest.mark.parametrize(
    "text",
    [
        "The printer.\n\n--\n\nAnd another thing: when does the contract end? I found nothing about it.",
        "First: the printer.\n\n--\n\nSecond: the scanner.\n\n--\n\nCan you come today?",
        "It broke\n—\nagain, and I have been waiting since Monday.",
        "Printer 100 EUR\nToner 20 EUR\n____________\nTotal 120 EUR",
        "Name: Jan\n________________\nI cannot log in.",
        "-- \nMy order 4711 is late.\nPlease call me.",
    ],
)
def test_a_drawn_line_alone_makes_no_signature(text: str) -> None:
    """Somebody speaks below it, or it is drawn under a sum, or there is nothing above it."""
    assert written(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "Sent by DHL on Monday.",
        "Versendet mit DHL am Montag.",
        "Gesendet von Ihrem Lager in Köln, Nummer 4711",
        "Wysłane w poniedziałek przez kuriera DPD.",
        "Enviado por correo certificado el lunes.",
        "Envoyé par la poste lundi dernier.",
        "Inviato con corriere GLS il 3 marzo.",
        "Verzonden met PostNL op maandag.",
        "Skickat med PostNord i måndags.",
        "Odesláno z Prahy v pondělí.",
        "Отправлено из Москвы в понедельник.",
        "昨日メールで送信しました",
        "来自上海的订单4711",
        "Where do I get Outlook for the Mac?",
        "Wo kann ich Outlook herunterladen?",
    ],
)
def test_a_parcel_was_sent_by_no_phone(line: str) -> None:
    """A line of a device names one, and asks nothing."""
    assert written(f"Nothing arrived.\n\n{line}") == f"Nothing arrived.\n\n{line}"


@pytest.mark.parametrize(
    "line",
    [
        "This email you sent to me contains confidential data of another customer.",
        "This message came today and it is confidential, I should not have got it.",
        "Este mensaje contiene datos confidenciales de otro cliente, por favor bórrenlo.",
        "Diese E-Mail habe ich von Ihnen erhalten, sie enthält vertrauliche Daten anderer.",
        "Ce message contient des données confidentielles d'un autre client, supprimez-le.",
        "Ta wiadomość od Państwa zawiera poufne dane innego klienta.",
        "Important notice: our confidential documents were lost by your courier.",
        "Notice: unauthorised people were seen in our building, please block card 4711.",
    ],
)
def test_a_complaint_about_confidential_data_is_no_disclaimer(line: str) -> None:
    """A disclaimer tells whoever is not meant by the mail what to do, and nobody speaks in it."""
    assert written(f"Hello,\n\n{line}") == f"Hello,\n\n{line}"


def test_a_disclaimer_can_have_several_paragraphs() -> None:
    """Those behind the first speak of the mail as well."""
    first = "This email is confidential and intended solely for the addressee."
    assert written(f"Works.\n\n{first}\n\nIf you received this email in error, say so.") == "Works."
    for complaint in ("Why did I get this email?", "Please send the email again."):
        assert written(f"Hello.\n\n{first}\n\n{complaint}").endswith(complaint)


def test_words_in_a_place_that_is_marked_as_the_signature_stay_where_there_are_no_others() -> None:
    """Phones begin a mail inside of it."""
    page = (
        "<div><br></div><div id='ms-outlook-mobile-signature'><div>My order 4711 is late.</div>"
        "<div>Get <a href='https://aka.ms/o0ukef'>Outlook for iOS</a></div></div>"
    )
    assert written("", html=page) == "My order 4711 is late."


def test_a_signature_alone_is_nothing_written() -> None:
    """Only a sentence in it can be meant for a reader: who sent a mail by accident has written none."""
    assert written("-- \nAnna Nowak\nTel. +48 22 123 45 67") == ""
    assert written("", html="<div class='gmail_signature'>Anna Nowak<br>+48 22 123 45 67</div>") == ""


@pytest.mark.parametrize(
    "words",
    [
        "I have had it since 2023\nHelpdesk wrote:",
        "The number is 4711-2024\nHelpdesk <help@firm.example> wrote:",
        f"Yes, it works. {ATTRIBUTION}",
        "Ja, es geht wieder! Am 04.03.2024 um 15:15 schrieb Helpdesk <help@firm.example>:",
    ],
)
def test_words_in_front_of_the_attribution_are_no_part_of_it(words: str) -> None:
    """On the line above, or on the same line where a converter joined them."""
    own = words.splitlines()[0] if "\n" in words else words[: max(words.find(". "), words.find("! ")) + 1]
    assert written(f"{words}\n> old\n> words") == own


LONG = "Which model of the printer on the third floor do you have in use now?"


@pytest.mark.parametrize("above", ["", "> Hello Jan\n"])
def test_an_answer_right_below_a_long_question_is_an_answer(above: str) -> None:
    """It begins with a small letter, as the end of a line that was broken off does; but the question has its end."""
    assert written(f"{ATTRIBUTION}\n{above}> {LONG}\nthe blue one") == "the blue one"
    kept = written(f"{ATTRIBUTION}\n{above}> {LONG}\nthe blue one\n> And since when?\nmonday")
    assert kept.endswith(f"{LONG}\nthe blue one\n> And since when?\nmonday")


def test_the_end_of_a_line_that_was_broken_off_is_none() -> None:
    """The line has no end, and with the next word it was too long for the mailer."""
    torn = "> and please tell us as well for how long it has been in use on the third\nfloor now\n> Anna"
    assert written(f"It works.\n\n{ATTRIBUTION}\n{torn}") == "It works."


@pytest.mark.parametrize("greeting", ["Hi Anna,", "See my answers below."])
def test_an_answer_below_our_quoted_letter_is_kept_beside_words_above_it(greeting: str) -> None:
    """A greeting on top does not make it an answer on top."""
    text = f"{greeting}\n\n{ATTRIBUTION}\n> {MARKER}\n>\n> Which model is it?\n\nThe blue one.\n\n-- \nJan"
    assert written(text).split("\n") == [greeting, "", "", "The blue one."]


def test_what_may_be_broken_off_our_letter_is_not_taken_for_the_writers() -> None:
    """Below a long line of ours stands nothing that is certainly theirs, where they wrote above as well."""
    text = f"It works.\n\n{ATTRIBUTION}\n> {MARKER}\n>\n> {LONG}\nInternal Words\n> Anna"
    assert written(text) == "It works."


@pytest.mark.parametrize(
    "history",
    [
        "<div id='yahoo_quoted_1' class='yahoo_quoted'><div>On Monday, Helpdesk wrote:</div><p>Which model?</p></div>",
        "<div class='zmail_extra'><div>---- On Mon, Helpdesk wrote ---</div><blockquote>Which?</blockquote></div>",
        f"<div class='yahoo_quoted'><p>{MARKER}</p><div class='yahoo_quoted'>older</div><p>old</p></div>",
    ],
)
@pytest.mark.parametrize("above", ["", "Hello,"])
def test_what_stands_behind_the_element_that_holds_the_history_is_kept(history: str, above: str) -> None:
    """Who writes below the quotation in a webmail has written what stands there."""
    found = written("", html=f"<div>{above}</div>{history}<div>The blue one.</div>")
    assert found.split() == [*above.split(), "The", "blue", "one."]
