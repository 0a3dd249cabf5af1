"""What an agent orders by mail: the commands at the top, and that nothing meant for us reaches a customer."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.agents.commands import COMMANDS
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import MOST_COMMANDS, Reading, read_orders, tickets_named
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.mail.model import Address
from tests.unit.desk.builders import make_policy

POLICY = make_policy()


def read(text: str) -> Reading:
    """Read a mail of Anna's."""
    return read_orders(text, "anna", POLICY)


def ordered(text: str) -> Orders:
    """Read a mail in which everything must be understood."""
    reading = read(text)
    assert reading.problems == ()
    return reading.orders


def problem(text: str) -> str:
    """Read a mail with exactly one problem."""
    (only,) = read(text).problems
    return only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#status solved", Orders(status=Status.SOLVED)),
        ("#status on-hold", Orders(status=Status.ON_HOLD)),
        ("#status On Hold", Orders(status=Status.ON_HOLD)),
        ("#solved", Orders(status=Status.SOLVED)),
        ("#pending.", Orders(status=Status.PENDING)),
        ("#open", Orders(status=Status.OPEN)),
        ("#hold", Orders(status=Status.ON_HOLD)),
        ("#close", Orders(status=Status.CLOSED)),
        ("#assign BOB", Orders(assign="bob")),
        ("#assign me", Orders(assign="anna")),
        ("#assign none", Orders(assign="")),
        ("#group Hardware", Orders(group="hardware")),
        ("#priority HIGH", Orders(priority=Priority.HIGH)),
        ("#type complaint", Orders(type=TicketType.COMPLAINT)),
        ("#tag Printer, paper -jam", Orders(add_tags=("printer", "paper"), remove_tags=("jam",))),
        ("#tag a\n#tag b", Orders(add_tags=("a", "b"))),
        (
            "#cc Dave <dave@customer.example>, erin@customer.example",
            Orders(participants=(Address("Dave", "dave@customer.example"), Address("", "erin@customer.example"))),
        ),
        ("#help", Orders(help=True)),
        ("#note", Orders(note=True)),
    ],
)
def test_every_command_is_understood(text: str, expected: Orders) -> None:
    """Each command alone, in any case of letters."""
    assert ordered(text) == expected


@pytest.mark.parametrize(
    "spelling",
    [
        "#solved\n#priority high\nDone.",
        "\n\n  #solved  \r\n#priority\thigh\r\n\r\nDone.\n",
        "#Solved\n\n#PRIORITY: high\n\nDone.",
        "\ufeff#solved\n\u200b\n\u00a0#priority=high\u200b\nDone.",
        "＃solved\n#priority high\nDone.",
    ],
)
def test_mailers_may_spoil_the_look_of_commands(spelling: str) -> None:
    """Empty lines between them, blanks, invisible characters and full-width signs change nothing."""
    assert ordered(spelling) == Orders(status=Status.SOLVED, priority=Priority.HIGH, text="Done.")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("#note He is difficult.", "He is difficult."),
        ("#note: He is difficult.", "He is difficult."),
        ("#note:He is difficult.", "He is difficult."),
        ("#note\nHe is difficult.\n\nVery.", "He is difficult.\n\nVery."),
        ("#note He is\n#note difficult.", "He is\ndifficult."),
        ("#note Call him.\nHis number is 5.", "Call him.\n\nHis number is 5."),
        ("#assign bob\n#note\n#priority high\nPlease take it.\n#solved", "Please take it.\n#solved"),
    ],
)
def test_a_note_takes_the_rest_of_its_line_and_of_the_mail(text: str, note: str) -> None:
    """Nothing of what follows `#note` is for the customer, and nothing of it is lost."""
    orders = ordered(text)
    assert (orders.note, orders.text) == (True, note)


@pytest.mark.parametrize(
    ("text", "public", "note"),
    [
        ("#note Ask Bob.\n#reply\nHello.", "Hello.", "Ask Bob."),
        ("#note\nAsk Bob.\n\nSoon.\n#endnote\n\nHello.", "Hello.", "Ask Bob.\n\nSoon."),
        ("Hello.\n\n#note\nAsk Bob.", "Hello.", "Ask Bob."),
        ("Hello.\n＃Note: Ask Bob.\n#REPLY\nBye.", "Hello.\n\nBye.", "Ask Bob."),
        ("Hello.\n\u200b#note\u00a0Ask Bob.\nSoon.", "Hello.", "Ask Bob.\n\nSoon."),
        ("Hello.\n#note one\n#note two", "Hello.", "one\ntwo"),
        ("#note x\n#reply Hello.", "Hello.", "x"),
        ("#42\n#note x", "#42", "x"),
    ],
)
def test_an_answer_and_a_note_come_in_one_mail(text: str, public: str, note: str) -> None:
    """`#note` begins a note wherever it stands, `#reply` what is sent; nothing of the one gets into the other."""
    orders = ordered(text)
    assert (orders.note, orders.text, orders.beside) == (False, public, note)


def test_commands_stand_at_the_top_of_each_part() -> None:
    """Whoever writes the note first gives the orders where the answer begins."""
    orders = ordered("#priority high\n#note\nAsk Bob.\n#reply\n#solved\nHello.")
    assert (orders.priority, orders.status, orders.text) == (Priority.HIGH, Status.SOLVED, "Hello.")


def test_lines_like_markers_without_end_take_no_time() -> None:
    """Whoever writes an agent's address as From has such a text looked at, before anything is proven."""
    began = time.thread_time()
    tickets_named("Hello\n" + "".join(f"#noet{number % 1_000}\n" for number in range(100_000)))
    assert time.thread_time() - began < 1.8


@pytest.mark.parametrize("word", ["#ntoe", "#notes", "#repyl", "#end-note"])
def test_a_misspelt_line_in_the_midst_is_not_sent(word: str) -> None:
    """It was to keep something inside: the agent is asked first."""
    assert "did you mean #" in problem(f"Hello.\n{word}\nShe is difficult.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ask Bob.", Orders(text="Ask Bob.", note=True)),
        ("#note\nAsk Bob.", Orders(text="Ask Bob.", note=True)),
        ("#note x\n#endnote\ny", Orders(text="x\n\ny", note=True)),
        ("#solved", Orders(status=Status.SOLVED, note=True)),
        ("#reply\n#solved\nHello.", Orders(text="Hello.", status=Status.SOLVED)),
        ("Ask Bob.\n#reply\nHello.", Orders(text="Hello.", beside="Ask Bob.")),
    ],
)
def test_an_answer_to_what_is_internal_stays_inside(text: str, expected: Orders) -> None:
    """Only a line `#reply` leads out."""
    assert read_orders(text, "anna", POLICY, inside=True).orders == expected


@pytest.mark.parametrize(
    "text",
    ["# Heading\ntext", "#1 is broken", "#", "Done.", "#42 is the number", "> #solved"],
)
def test_what_is_no_command_at_the_top_is_text(text: str) -> None:
    """Commands stand at the very top; a number or a heading is none."""
    assert read(text) == Reading(Orders(text=text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello,\n#solved\n", "#solved"),
        ("#42\n#solved", "#solved"),
        ("Hello,\n\nit is done.\n\u200b#Priority: high\n\nAnna", "#priority high"),
        ("#note\nAsk Bob.\n#reply\nHello.\n#assign bob", "#assign bob"),
        ("Hello.\n#help", "#help"),
    ],
)
def test_a_command_below_the_text_is_not_sent(text: str, line: str) -> None:
    """It was meant for the desk: the agent is asked to put it where commands stand."""
    assert problem(text) == f"{line} stands below your text: commands stand on the first lines, before it"


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n#1 priority: the till",
        "Hello,\n#open the flap first",
        "Hello,\n#help me understand",
        "Hello,\n#include <stdio.h>\n# heading\n#define X",
        "Hello,\n#type: ignore",
        "Hello, it is run by\n\n    #status open\n\t#solved\nAnna",
        "Hello,\nwrite #solved when it is",
        "Hello,\n> #solved",
        "#priority high\nHello,\n#assign the rack to somebody",
    ],
)
def test_what_only_looks_like_a_command_below_the_text_is_sent(text: str) -> None:
    """Numbers, headings, code, and words that are no valid form of a command."""
    assert read(text).problems == ()


def test_a_command_within_a_note_stays_in_the_note() -> None:
    """It is sent to nobody."""
    assert ordered("Hello.\n#note\nAsk Bob.\n#solved").beside == "Ask Bob.\n#solved"
    assert read_orders("Ask Bob.\n#solved", "anna", POLICY, inside=True).problems == ()


def test_text_is_kept_as_it_was_written() -> None:
    """Indentation and empty lines of the answer survive the commands."""
    assert ordered("#solved\n\nTry:\n\n    reboot\n\n-- done").text == "Try:\n\n    reboot\n\n-- done"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("#slove\nDone.", "did you mean #solve"),
        ("#closed", "did you mean #close?"),
        ("#xyzzy", "#xyzzy is not a command"),
        ("#note-to-self: never again", "is not a command"),
        ("#c++ is a language", "#c is not a command"),
        ("#" + "a" * 100_000, "…"),
        ("#status", "should be one of new, open"),
        ("#status done", "#status done: should be one of"),
        ("#status sovled", 'did you mean "solved"?'),
        ("#priority hihg", 'did you mean "high"?'),
        ("#assign ana", 'did you mean "anna"?'),
        ("#group hardwear", 'did you mean "hardware"?'),
        ("#priority very high indeed", "low, normal, high, urgent"),
        ("#type bug", "incident, complaint"),
        ("#assign", "there are anna, bob"),
        ("#assign carla", "#assign carla: no agent has that name"),
        ("#group nowhere", "there are first-line, hardware"),
        ("#tag", "needs tags"),
        ("#tag -", "needs tags"),
        ("#tag " + "x" * 65, "64 characters"),
        ("#cc", "no address"),
        ("#cc nobody", "no address"),
        ("#cc @example.com", "no address"),
        ("#cc support@example.com", "desk's own"),
        ("#cc Help+x@Example.com", "desk's own"),
        ("#cc bob@home.example", "desk's own"),
        ("#cc hardware-team@example.com", "desk's own"),
        ("#solved Thanks for your patience!", "stands alone"),
    ],
)
def test_what_looks_like_a_command_and_is_none_is_a_problem(text: str, part: str) -> None:
    """It was not meant for the customer, so it is never sent; the agent is told what would be right."""
    found = problem(text)
    assert part in found
    assert len(found) < 300
    assert "\n" not in found


def test_all_problems_are_told_at_once() -> None:
    """One line for each, none twice, beside the orders that were understood."""
    reading = read("#slove\n#slove\n#assign zoe\n#priority high")
    assert len(reading.problems) == 2
    assert reading.orders.priority is Priority.HIGH


def test_a_mail_has_a_bounded_number_of_commands() -> None:
    """A flood of commands is refused without being carried out."""
    flood = "#tag a\n" * (MOST_COMMANDS + 1)
    assert problem(flood) == "there are 31 commands; one mail may have 30"
    assert len(read(flood).orders.add_tags) == MOST_COMMANDS


def test_the_list_of_commands_tells_of_each() -> None:
    """What #help shows is what is understood."""
    words = [word for usage, _ in COMMANDS for word in usage.split() if word.startswith("#")]
    for word in words:
        assert not any("is not a command" in found for found in read(f"{word} x").problems)


lines = st.one_of(
    st.text(max_size=30),
    st.tuples(
        st.sampled_from(["#note", "#status", "#assign", "#group", "#priority", "#tag", "#cc", "#solved", "#", "＃x"]),
        st.text(max_size=20),
    ).map(" ".join),
)


@given(st.lists(lines, max_size=6).map("\n".join))
def test_reading_orders_is_total(text: str) -> None:
    """Any text gives orders; no command line at the top is ever part of what is sent."""
    reading = read(text)
    assert isinstance(reading.orders, Orders)
    first = reading.orders.text.split("\n")[0].strip()
    if not reading.problems and not reading.orders.note:
        assert not (first[:1] in {"#", "＃"} and first[1:2].isalpha())


@given(st.lists(lines, max_size=8), st.booleans())
def test_a_note_never_gets_into_what_is_sent(written: list[str], inside: bool) -> None:  # noqa: FBT001 - drawn
    """Whatever surrounds it, what stands below `#note` is no part of the text for the requester."""
    text = "\n".join([*written, "#note", "", "Secret.", "of ours"])
    orders = read_orders(text, "anna", POLICY, inside=inside).orders
    assert orders.note or "Secret." not in orders.text
    assert "Secret." in orders.text + orders.beside


def test_time_spent_adds_up() -> None:
    """Each #time line counts; more than a day, or what is no span, is a problem."""
    assert read_orders("#time 1h\n#time 30m\nDone.", "anna", make_policy()).orders == Orders(text="Done.", minutes=90)
    for wrong in ("soon", "", "25h"):
        (problem,) = read_orders(f"#time {wrong}\nDone.", "anna", make_policy()).problems
        assert problem.endswith("write how long, at most a day: #time 45m, or #time 1h 30m")
    assert read_orders("#time 20h\n#time 5h", "anna", make_policy()).problems
