"""split_reply: what the writer wrote, and no more; nothing is lost when in doubt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgateway.mail.model import Mail
from mailgateway.mail.written.reply import split_reply

MARKER = "##- reply above this line -##"
WHO = "A &lt;a@x.y&gt;"
OLD = "\n> Which model is it?\n>\n> Anna\n"

ATTRIBUTIONS = [
    "On Tue, Jan 2, 2024 at 10:00 AM Anna <anna@x.org> wrote:",
    "On 2 Jan 2024, at 10:00, Anna <anna@x.org> wrote:",
    "On Tue, Jan 2, 2024 at 10:00 AM Anna the Very Long Named <\nanna@x.org> wrote:",
    "Am 02.01.2024 um 10:00 schrieb Anna <anna@x.org>:",
    "Anna <anna@x.org> schrieb am Di., 2. Jan. 2024, 10:00:",
    "Le mar. 2 janv. 2024 à 10:00, Anna <anna@x.org> a écrit :",
    "El mar, 2 ene 2024 a las 10:00, Anna (<anna@x.org>) escribió:",
    "Il giorno mar 2 gen 2024 alle ore 10:00 Anna <anna@x.org> ha scritto:",
    "Em ter., 2 de jan. de 2024 às 10:00, Anna <anna@x.org> escreveu:",
    "Op di 2 jan 2024 om 10:00 schreef Anna <anna@x.org>:",
    "Den tis 2 jan. 2024 kl 10:00 skrev Anna <anna@x.org>:",
    "ti 2. tammik. 2024 klo 10.00 Anna (anna@x.org) kirjoitti:",
    "wt., 2 sty 2024 o 10:00 Anna <anna@x.org> napisał(a):",
    "W dniu 02.01.2024 o 10:00, Anna pisze:",
    "út 2. 1. 2024 v 10:00 odesílatel Anna <anna@x.org> napsal:",
    "ut 2. 1. 2024 o 10:00 Anna <anna@x.org> napísal(a):",
    "Anna <anna@x.org> ezt írta (időpont: 2024. jan. 2., K, 10:00):",
    "mar., 2 ian. 2024 la 10:00, Anna <anna@x.org> a scris:",
    "вт, 2 янв. 2024 г. в 10:00, Anna <anna@x.org>:",
    "2 января 2024 г., 10:00, Anna <anna@x.org> написал(а):",
    "вт, 2 січ. 2024 р. о 10:00 Anna <anna@x.org> пише:",
    "Anna <anna@x.org>, 2 Oca 2024 Sal, 10:00 tarihinde şunu yazdı:",
    "Στις Τρί 2 Ιαν 2024 στις 10:00 π.μ., ο χρήστης Anna <anna@x.org> έγραψε:",
    "Anna <anna@x.org> 于2024年1月2日周二 10:00写道：",
    "2024年1月2日(火) 10:00 Anna <anna@x.org>:",
    "2024년 1월 2일 (화) 10:00, Anna <anna@x.org>님이 작성:",
    "\u202bבתאריך יום ג׳, 2 בינו׳ 2024 ב-10:00 מאת \u202aAnna\u202c\u200f <\u202aanna@x.org\u202c\u200f>:\u202c",
    "---- Anna wrote ----",
    "Zitat von Anna <anna@x.org>:",
    "في الثلاثاء، 2 يناير 2024 في 10:00 ص كتب Anna <anna@x.org>:",
    "Vào Th 3, 2 thg 1, 2024 vào lúc 10:00 Anna <anna@x.org> đã viết:",
]


def reply(text: str, html: str | None = None, subject: str = "Re: x") -> tuple[str, bool]:
    """Split a mail of this text and HTML."""
    found = split_reply(Mail(text=text, html_source=html, subject=subject))
    return found.text, found.quoted


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_an_attribution_and_its_quotation_are_cut(line: str) -> None:
    """The line with which clients of many languages introduce the history goes with the history."""
    assert reply(f"It is the blue one.\n\n{line}\n{OLD}") == ("It is the blue one.", True)


@pytest.mark.parametrize(
    "block",
    [
        "-----Original Message-----\nFrom: Anna\nSent: today\nTo: Jan\nSubject: x\n\nold words",
        "From: Anna <anna@x.org>\nSent: Tuesday, 2 January 2024 10:00\nTo: Jan\nSubject: RE: x\n\nold words",
        "________\nVon: Anna <anna@x.org>\nGesendet: Dienstag, 2. Januar 2024 10:00\nAn: Jan\nBetreff: x\n\nold words",
        "De : Anna\nEnvoyé : mardi 2 janvier 2024 10:00\nÀ : Jan\nObjet : x\n\nold words",
        "Od: Anna\nWysłano: wtorek, 2 stycznia 2024 10:00\nDo: Jan\nTemat: x\n\nold words",
        "发件人: Anna\n发送时间: 2024年1月2日 10:00\n收件人: Jan\n主题: x\n\nold words",
        "*From:* Anna\n*Sent:* today\n*To:* Jan\n*Subject:* x\n\nold words",
    ],
)
def test_a_header_block_and_all_below_it_are_cut(block: str) -> None:
    """The block of header fields that Outlook and its kin put above the history ends the reply."""
    assert reply(f"It is the blue one.\n\n{block}") == ("It is the blue one.", True)


@pytest.mark.parametrize(
    "marker", [MARKER, "> ##- odpowiedz powyżej tej linii -##", "##- bitte über dieser Zeile antworten -##"]
)
def test_our_marker_ends_the_reply(marker: str) -> None:
    """Everything from our own marker line on is cut in any language, and the attribution above it."""
    text = f"Blue.\n\nOn 2 Jan 2024 10:00, Help <help@x.org> wrote:\n\n{marker}\nYour ticket\nmore"
    assert reply(text) == ("Blue.", True)


@pytest.mark.parametrize("below", ["The blue one.", "\nThe blue one.\n\n-- \nJan", "The blue one.\n\n> more of it"])
def test_an_answer_below_the_quoted_marker_is_kept(below: str) -> None:
    """Many write under what they quote: their words are not lost, and the quotation is no word of theirs."""
    text = f"On 2 Jan 2024 10:00, Help <help@x.org> wrote:\n> {MARKER}\n>\n> Your ticket\n> > old\n>\n> more\n\n{below}"
    assert reply(text) == ("The blue one.", True)


def test_without_a_word_of_ones_own_nothing_of_our_letter_is_one() -> None:
    """Whether it is marked as quoted or not, what stands below the marker stays ours."""
    assert reply(f"On 2 Jan 2024 10:00, Help <h@x.org> wrote:\n> {MARKER}\n> Your ticket") == ("", True)
    assert reply(f"{MARKER}\nYour ticket\n\nInternal words") == ("", True)


def test_answers_between_quotes_keep_the_lines_they_answer() -> None:
    """Inline answers stay with their questions; the unanswered rest is cut."""
    text = "See below.\n\nOn 2 Jan 2024 10:00, A <a@x.y> wrote:\n> one?\nyes\n> two?\nno\n> three\n> four"
    kept, quoted = reply(text)
    assert quoted
    assert kept.index("one?") < kept.index("yes") < kept.index("two?") < kept.index("no")


def test_an_answer_below_the_quotation_is_kept() -> None:
    """Who writes under the quotation has written what stands there."""
    assert reply("On 2 Jan 2024 10:00, A <a@x.y> wrote:\n> which one?\n\nThe blue one.") == ("The blue one.", True)


@pytest.mark.parametrize(
    "text",
    [
        "FYI\n\n---------- Forwarded message ---------\nFrom: C <c@x.y>\nDate: today\nSubject: s\nTo: d\n\nIt smokes.",
        "FYI\n\nBegin forwarded message:\n\n> From: C <c@x.y>\n> Subject: s\n>\n> It smokes.",
    ],
)
def test_a_forwarded_mail_is_kept_whole(text: str) -> None:
    """What was forwarded is content."""
    assert reply(text, subject="Fwd: s") == (text, False)


def test_a_forward_without_a_separator_is_known_by_its_subject() -> None:
    """Outlook forwards with a bare header block; the subject tells it from a reply."""
    text = "FYI\n\nFrom: C\nSent: today\nTo: D\nSubject: s\n\nIt smokes."
    assert reply(text, subject="FW: s") == (text, False)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJan\n+48 123",
        "--\nJan",
        "Sent from my iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Wysłane z iPhone'a",
        "Verstuurd vanaf mijn iPhone",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "Sent from my iPhone, please excuse typos",
        "CONFIDENTIALITY NOTICE: this e-mail is for the\naddressee only and may be privileged.",
        "Diese E-Mail enthält vertrauliche Informationen.",
    ],
)
def test_signatures_are_cut(signature: str) -> None:
    """Signatures behind the delimiter and what phones add go; that is no quotation."""
    assert reply(f"It is the blue one.\n\n{signature}") == ("It is the blue one.", False)


@pytest.mark.parametrize(
    "text",
    [
        "On Monday my boss wrote: the printer is dead.\nCan you help?",
        "From: the basement\nI write to you.",
        "Steps:\n- one\n-- two\n--- three",
        "I sent from my old account yesterday, did it arrive?",
        "Dear all,\nthe total is > 5 and < 9.",
        "Hello\n\nSent from my desk, is much easier than my phone.",
        "Hello\n\nThis message never arrived, what now?",
        "Date: tomorrow\nplease come.",
    ],
)
def test_nothing_is_cut_when_in_doubt(text: str) -> None:
    """Words that only resemble quotation or signature stay."""
    assert reply(text) == (text, False)


def test_a_mail_of_history_alone_keeps_it() -> None:
    """Where a header block stands first there is nothing else to say: it is kept."""
    text = "From: C\nSent: today\nTo: D\nSubject: s\n\nIt smokes."
    assert reply(text) == (text, False)


@pytest.mark.parametrize(
    "history",
    [
        f"<div class=gmail_quote><div class=gmail_attr>On Tue, {WHO} wrote:</div><blockquote>old</blockquote></div>",
        '<blockquote type="cite"><div>On 2 Jan 2024, at 10:00, A wrote:</div><div>old</div></blockquote>',
        "<div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>From:</b> A<br><b>Sent:</b> today</div><p>old</p>",
        '<div class="yahoo_quoted" id="yahoo_quoted_1"><div>old words of anyone</div></div>',
        "<div class=moz-cite-prefix>Am 02.01.24 schrieb A:<br></div><blockquote type=cite>old</blockquote>",
        f"<div class=protonmail_quote>On Tuesday, {WHO} wrote:<br><blockquote type=cite>old</blockquote></div>",
        "<div style='x'><b>From:</b> A<br><b>Sent:</b> 1<br><b>To:</b> B<br><b>Subject:</b> s</div><p>old",
        '<hr id="zwchr"><div>old</div>',
    ],
)
def test_the_structure_of_html_says_what_is_quoted(history: str) -> None:
    """Containers in which clients put the history are cut, whatever they contain."""
    assert reply("", f"<div>It is the <b>blue</b> one.</div><br>{history}") == ("It is the blue one.", True)


def test_a_signature_that_html_marks_is_cut_even_in_the_middle() -> None:
    """Gmail's signature block above the quotation goes."""
    signature = "<div class=gmail_signature>Jan<br>Boss</div>"
    quotation = f"<div class=gmail_attr>On 2 Jan 2024 {WHO} wrote:</div><blockquote>old</blockquote>"
    html = f"<div>Blue.</div>{signature}{quotation}"
    assert reply("", html) == ("Blue.", True)


def test_words_around_a_quotation_in_html_stay() -> None:
    """Bottom-posted HTML keeps what stands below the blockquote."""
    assert reply("", "<blockquote type=cite>which?</blockquote><p>Blue.</p>") == ("Blue.", True)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "> q",
                ">",
                "",
                "word",
                "On 2 Jan 2024 a@b wrote:",
                "From: a",
                "To: b",
                "Subject: c",
                "-- ",
                "##- x -##",
                "____",
            ]
        ),
        max_size=40,
    )
)
def test_any_text_is_split_and_nothing_is_invented(lines: list[str]) -> None:
    """Every line of the reply is a line of the mail."""
    text = "\n".join(lines)
    kept, _ = reply(text)
    assert {line.strip("> ") for line in kept.split("\n")} <= {line.strip("> ") for line in lines} | {""}


@pytest.mark.parametrize(
    "attribution",
    [
        "On Monday x wrote:",
        "W dniu wczorajszym Jan napisał:",
        "On Mon, Nov 2, 2026 at 10:00 AM\nAnna <a@b.example> wrote:",
    ],
)
def test_a_word_right_above_the_attribution_is_kept(attribution: str) -> None:
    """No empty line, no full date: the answer is one word, and not a part of what introduces the quotation."""
    assert split_reply(Mail(text=f"hej\n{attribution}\n> y\n")).text == "hej"


@pytest.mark.parametrize("command", ["#solved", "#assign mallory", "＃note"])
def test_a_command_that_a_mailer_broke_off_a_quoted_line_is_the_quoted_ones(command: str) -> None:
    """A customer can write a line so long that it breaks at such a word; who answers below never wrote it."""
    line = "> I wrote to you so many times about that printer on the third floor"
    quoted = f"> {MARKER}\n>\n{line}\n{command}\n> Carla\n"
    assert split_reply(Mail(text=f"Anna wrote:\n{quoted}\nI have a look.")).text == "I have a look."
    assert split_reply(Mail(text=f"{line}\n#solved\nIt works now.")).text.startswith("#solved")
