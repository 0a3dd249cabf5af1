"""A person taken out of what is written about them."""

from mailgateway.desk.privacy.person import Person, bare_trace, stand_in, without_words

ANNA = Person.of(["Anna@X.example"], ["Anna Nowak", ""])
MARK = stand_in(7)


def test_an_address_goes_however_it_is_written_and_nothing_else() -> None:
    """Any case; not where it is a part of somebody else's address, nor of a longer domain."""
    told = {"to": "ANNA@x.example, joanna@x.example", "why": ["<anna@x.example>: no", "anna@x.example.com", 3, None]}
    assert ANNA.out_of(told, MARK) == {
        "to": f"{MARK}, joanna@x.example",
        "why": [f"<{MARK}>: no", "anna@x.example.com", 3, None],
    }


def test_an_address_ends_where_a_sentence_does() -> None:
    """A full stop behind it is no part of it."""
    assert ANNA.out_of("Write to anna@x.example.", MARK) == f"Write to {MARK}."


def test_a_name_goes_where_it_stands_by_itself() -> None:
    """A name within other words may be anybody's."""
    assert ANNA.out_of({"actor": "Anna Nowak", "team": "Anna Nowak and friends"}, MARK) == {
        "actor": MARK,
        "team": "Anna Nowak and friends",
    }


def test_events_keep_what_reports_count_and_lose_what_may_quote() -> None:
    """Hand-overs stay whole, a machine's words go, and so do those of events that are not known."""
    assert without_words("group", {"before": "a", "after": "b"}) == {"before": "a", "after": "b"}
    assert without_words("machine_mail", {"text": "Anna is out"}) == {}
    assert without_words("not_known_yet", {"text": "Anna"}) == {}


def test_a_trace_keeps_where_the_ticket_went_and_not_what_was_seen() -> None:
    """Reports and backtests need the group; the words of the mail are in the steps."""
    seen = {"rule": "r", "line": 1, "result": True, "why": 'subject contains "x": yes, "Anna is ill"'}
    action = {"value": {"room": "12"}, "rule": "r"}
    trace = {
        "matched": ["r"],
        "actions": {"fields": action},
        "steps": [seen],
        "final": {"group": "g", "fields": {"room": "12"}},
        "version": "abc",
    }
    assert bare_trace(trace) == {
        "matched": ["r"],
        "actions": {},
        "steps": [],
        "final": {"group": "g"},
        "version": "abc",
    }


def test_the_marker_can_never_be_an_address() -> None:
    """Its domain is reserved to be none (RFC 2606)."""
    assert stand_in(12) == "erased-12@erased.invalid"
