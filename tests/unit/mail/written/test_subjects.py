"""Subjects and tags, as people, relays and mail programs mangle them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.mail.outgoing.tokens import letter_mark, marked_tickets, without_marks
from mailgateway.mail.written.subjects import bare, normalised, numbers, problem_of_format, tag, with_tag, without_tags
from mailgateway.mail.written.thread_index import conversation

KEY = b"k" * 32
FORMATS = ("[Ticket#{number}]", "[#{number}]")


@pytest.mark.parametrize("subject", ["[#7] x", "[# 7] x", "［＃７］ x", "[ #7 ] x", "[#7 x", "#7] x", "AW: [#7] x"])
def test_a_mangled_tag_is_still_a_tag(subject: str) -> None:
    """Spaces, full width and one missing bracket do no harm."""
    assert numbers(subject) == (7,)
    assert bare(subject) == "x"


@pytest.mark.parametrize("subject", ["#7", "7]", "[7]", "Invoice 7", "[#٧]", "[#1234567890123]", "a#7]"])
def test_a_bare_number_is_none(subject: str) -> None:
    """Other people's numbers name no ticket of ours."""
    assert numbers(subject) == ()


@pytest.mark.parametrize(
    "prefix",
    [
        "RE:",
        "ODP:",
        "AW:",
        "SV:",
        "FW:",
        "Fwd:",
        "TR:",
        "WG:",
        "VS:",
        "Re[2]:",
        "RE : ",
        "Antw:",
        "RV:",
        "回复：",
        "Odp: RE: ",
        "[EXTERNAL] Re: ",
        "Odg: ",
        "Ats.: ",
        "НА: ",
        "Отв: ",
        "ΑΠ: ",
        "YNT: ",
        "VÁ: ",
        "Vast: ",
        "Atb: ",
        "ตอบกลับ: ",
        "返信：",
        "답장: ",
        "پاسخ: ",
        "תגובה: ",
        "Re: Odp: AW: SV: [EXTERNAL] RE(3): ",
        "Re\xa0: ",
    ],
)
def test_prefixes_in_all_usual_languages_do_not_count(prefix: str) -> None:
    """Subjects are the same whatever mail programs and relays put before them."""
    assert normalised(f"{prefix}[#7] Drukarka  NIE działa") == normalised("drukarka nie DZIAŁA")


@given(st.text(max_size=200), st.integers(1, 10**12 - 1))
def test_what_is_written_is_read_and_taken_away(subject: str, number: int) -> None:
    """The tag in use is found behind any subject, and nothing of it is left."""
    written = f"{subject} {tag(number, FORMATS)}"
    assert numbers(written, FORMATS)[-1:] == (number,)
    assert numbers(without_tags(written, FORMATS), FORMATS)[-1:] != (number,) or number in numbers(subject, FORMATS)


@given(st.text(max_size=200))
def test_to_normalise_again_changes_nothing_of_plain_subjects(subject: str) -> None:
    """The form is one line, folded."""
    form = normalised(subject)
    assert form == " ".join(form.split())


def test_the_tag_in_use_takes_the_place_of_the_templates() -> None:
    """Templates write the default tag, whatever is configured."""
    assert with_tag("Re: [#7] x", 7, FORMATS) == "Re: [Ticket#7] x"


@pytest.mark.parametrize(
    "written", ["#{number}", "T{number}]", "[#]", "[{number}{number}]", " [#{number}]", "[{number}1]"]
)
def test_a_format_that_any_number_would_fit_is_refused(written: str) -> None:
    """Signs stand on both sides."""
    assert problem_of_format(written)
    assert problem_of_format("[Ticket#{number}]") == ""


def test_hostile_subjects_are_read_in_linear_time() -> None:
    """Prefixes and brackets without end are read before the test's time-out; what was quadratic would not be."""
    for subject in ("Re: " * 100_000, "[# " * 100_000, "[#1" * 100_000, "[EXTERNAL] " * 50_000):
        normalised(subject)
        assert numbers(subject, FORMATS) is not None


def test_a_mark_survives_quotation_and_is_no_text() -> None:
    """It is read behind `> `, in any case of letters, and believed with our key alone."""
    mark = letter_mark(KEY, 7)
    assert marked_tickets(f"> > {mark.upper()}\n{letter_mark(b'z' * 32, 8)}", (KEY,)) == (7,)
    assert without_marks(f"Thanks {mark}") == "Thanks"


def test_an_exchange_conversation_is_known_by_its_head() -> None:
    """Answers add five bytes each; what is no such field, or nobody's, is nothing."""
    head = bytes([1]) + bytes(range(1, 22))
    first, later = (base64.b64encode(head + more).decode() for more in (b"", b"12345"))
    assert conversation(first) == conversation(f"{later[:20]}\r\n {later[20:]}") != ""
    assert {conversation(value) for value in ("", "x", first[:20], "A" * 9_000, "AQ" + "A" * 28)} == {""}
