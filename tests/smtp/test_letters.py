"""What goes out: envelope and bytes as they are, over as few connections as will do."""

from dataclasses import replace

import pytest

from mailgateway.smtp.outcome import Rejected, TooLarge
from tests.servers.sink import Sink
from tests.smtp.post import SENT, NewPost, letter, server_of


def test_letters_go_out_unchanged(sink: Sink, new_post: NewPost) -> None:
    """Envelope and bytes arrive as they are, lines that begin with a dot included."""
    content = b"Subject: dots\r\n\r\n.\r\n..two\r\n" + b"x" * 2000 + b"\r\n"
    assert new_post(server_of(sink)).send(letter(content=content)) == [SENT]
    (mail,) = sink.received
    assert (mail.mail_from, mail.rcpt_tos, mail.content) == ("support@example.com", ("bob@example.com",), content)


def test_a_null_return_path_is_sent(sink: Sink, new_post: NewPost) -> None:
    """A letter that nobody may answer has an empty envelope sender."""
    assert new_post(server_of(sink)).send(replace(letter(), envelope_from="")) == [SENT]
    assert sink.received[0].mail_from == ""


def test_one_connection_carries_many_letters(sink: Sink, new_post: NewPost) -> None:
    """Connections are used again, within a call and in the next, with no more commands than needed."""
    post = new_post(server_of(sink))
    post.send(*[letter()] * 5)
    post.send(*[letter()] * 5)
    assert len(sink.received) == 10
    assert sink.connections == 1
    assert "RSET" not in sink.commands


def test_letters_go_out_side_by_side(sink: Sink, new_post: NewPost) -> None:
    """With four connections four letters are under way, and each letter goes out once."""
    letters = [letter(f"user{number}@example.com") for number in range(100)]
    assert new_post(server_of(sink), connections=4).send(*letters) == [SENT] * 100
    assert sorted(mail.rcpt_tos[0] for mail in sink.received) == sorted(one.recipient for one in letters)
    assert sink.most_at_once == sink.connections == 4


def test_few_letters_open_few_connections(sink: Sink, new_post: NewPost) -> None:
    """A single letter does not open all the connections that are allowed."""
    new_post(server_of(sink), connections=4).send(letter())
    assert sink.connections == 1


@pytest.mark.parametrize("address", ["józef@example.com", "anna@bücher.example"])
def test_addresses_beyond_ascii_need_smtputf8(new_post: NewPost, address: str) -> None:
    """Such an address is used where the server knows SMTPUTF8, and refused without a try where it does not."""
    with Sink() as sink:
        assert new_post(server_of(sink)).send(letter(address)) == [SENT]
        assert (sink.received[0].rcpt_tos, sink.received[0].smtp_utf8) == ((address,), True)
    with Sink(smtp_utf8=False) as sink:
        (outcome,) = new_post(server_of(sink)).send(letter(address))
        assert isinstance(outcome, Rejected)
        assert "SMTPUTF8" in outcome.reason
        assert "MAIL" not in sink.commands


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example> SIZE=1",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a,b@c.example",
        "Bob <bob@c.example>",
        "a b@c.d",
        "(" * 5000 + "@c.example",
        "\udcff@c.example",
        "",
    ],
)
def test_an_address_that_is_none_is_refused(sink: Sink, new_post: NewPost, address: str) -> None:
    """No text can smuggle a command or another recipient into the envelope, and the next letter goes out."""
    rejected, sent = new_post(server_of(sink)).send(letter(address), letter())
    assert isinstance(rejected, Rejected)
    assert sent == SENT
    assert [mail.rcpt_tos for mail in sink.received] == [("bob@example.com",)]


def test_a_letter_larger_than_the_server_takes_is_not_offered(new_post: NewPost) -> None:
    """What the server announces is known before it is given the letter; the next one goes out."""
    with Sink(size_limit=1000) as sink:
        post = new_post(server_of(sink))
        large, small = post.send(letter(content=b"x" * 2000), letter())
        assert isinstance(large, TooLarge)
        assert (large.code, large.limit, small) == (552, 1000, SENT)
        assert sink.commands.count("MAIL") == 1


def test_a_limit_of_ones_own_holds_where_the_server_announces_none(sink: Sink, new_post: NewPost) -> None:
    """Nor is a letter offered that is larger than the settings say."""
    post = new_post(server_of(sink), size_limit=1000)
    large, small = post.send(letter(content=b"x" * 2000), letter())
    assert isinstance(large, TooLarge)
    assert (large.limit, small, len(sink.received)) == (1000, SENT, 1)


@pytest.mark.parametrize(
    ("step", "reply", "is_about_size"),
    [
        ("MAIL", "552 5.3.4 Too big", True),
        ("MAIL", "552 Message size exceeds fixed limit", True),
        ("RCPT", "550 5.2.3 Too long for this mailbox", True),
        ("RCPT", "552 Too many recipients", False),
        ("DATA", "554 5.3.4 Too big", True),
        ("DOT", "552 5.3.4 Too big", True),
        ("DOT", "552 5.2.2 Mailbox full", False),
        ("DOT", "452 4.3.4 Too big for now", False),
    ],
)
def test_a_server_says_that_a_letter_is_too_large(
    sink: Sink, new_post: NewPost, step: str, reply: str, *, is_about_size: bool
) -> None:
    """By the enhanced code, or else by 552, which says something else at RCPT and of a full mailbox."""
    sink.answer(step, reply)  # type: ignore[arg-type]  # one of the steps
    outcome, sent = new_post(server_of(sink)).send(letter(), letter())
    assert (isinstance(outcome, TooLarge), sent) == (is_about_size, SENT)


def test_eight_bit_letters_say_so(sink: Sink, new_post: NewPost) -> None:
    """A letter with bytes beyond ASCII arrives byte for byte."""
    content = "Subject: zażółć\r\n\r\ngęślą jaźń\r\n".encode()
    assert new_post(server_of(sink)).send(letter(content=content)) == [SENT]
    assert sink.received[0].content == content
    assert sink.received[0].smtp_utf8
