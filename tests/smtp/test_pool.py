"""Letters over kept connections, against a real SMTP peer that fails on demand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.accounts.server import Login, Mechanism, Server, Tls
from mailgateway.errors import LoginRefused, PermanentError, SmtpUnavailable, StoreBusy
from mailgateway.mail.model import Letter
from mailgateway.smtp.outcome import Deferred, Outcome, Rejected, Sent
from mailgateway.smtp.pool import Pool
from mailgateway.smtp.probe import probe
from tests.servers.process import free_port
from tests.servers.sink import Sink

HELO = "gateway.example.com"
SENT = Sent("2.0.0 Ok: queued")


def letter(recipient: str = "bob@example.com", content: bytes = b"Subject: hello\r\n\r\nbody\r\n") -> Letter:
    """Return a letter to send."""
    return Letter("<1@example.com>", "support@example.com", recipient, content)


def server_of(sink: Sink, login: Login | None = None, tls: Tls = Tls.NONE) -> Server:
    """Return the settings by which the sink is reached."""
    return Server(sink.host, sink.port, tls, login, timedelta(seconds=5), sink.ca_file)


class Post:
    """A pool, and what it recorded."""

    def __init__(self, server: Server, connections: int = 1, idle: timedelta = timedelta(minutes=1)) -> None:
        """Make the pool."""
        self.pool = Pool(server, connections, HELO, idle=idle)
        self.outcomes: dict[int, Outcome] = {}

    def send(self, *letters: Letter, stop: Callable[[], bool] = lambda: False) -> list[Outcome]:
        """Send, and return the outcomes of this call in the order of the letters that were begun."""
        self.outcomes = {}
        self.pool.send(enumerate(letters), self.record, stop)
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def record(self, number: int, outcome: Outcome) -> None:
        """Keep an outcome; there is one for each letter."""
        assert number not in self.outcomes
        self.outcomes[number] = outcome


NewPost = Callable[..., Post]


@pytest.fixture
def new_post() -> Iterator[NewPost]:
    """Make pools that are closed at the end."""
    posts: list[Post] = []

    def make(server: Server, **settings: object) -> Post:
        posts.append(Post(server, **settings))  # type: ignore[arg-type]  # the tests below give what Post takes
        return posts[-1]

    yield make
    for post in posts:
        post.pool.close()


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


@pytest.mark.parametrize(
    ("step", "reply", "outcome"),
    [
        ("MAIL", "451 4.3.0 Later", Deferred("4.3.0 Later", 451, uncertain=False)),
        ("MAIL", "552 5.3.4 Too big", Rejected(552, "5.3.4 Too big")),
        ("RCPT", "450 4.2.0 Greylisted", Deferred("4.2.0 Greylisted", 450, uncertain=False)),
        ("RCPT", "550 5.1.1 Unknown", Rejected(550, "5.1.1 Unknown")),
        ("RCPT", "552 5.5.3 Too many recipients", Deferred("5.5.3 Too many recipients", 552, uncertain=False)),
        ("DATA", "451 4.3.0 Disk full", Deferred("4.3.0 Disk full", 451, uncertain=False)),
        ("DOT", "452 4.3.1 Disk full", Deferred("4.3.1 Disk full", 452, uncertain=False)),
        ("DOT", "554 5.7.1 Spam", Rejected(554, "5.7.1 Spam")),
    ],
)
def test_a_refusal_concerns_one_letter(sink: Sink, new_post: NewPost, step: str, reply: str, outcome: Outcome) -> None:
    """The letter that was refused gets its outcome; the next goes out over the same connection, after RSET."""
    sink.answer(step, reply)  # type: ignore[arg-type]  # one of the steps
    assert new_post(server_of(sink)).send(letter(), letter()) == [outcome, SENT]
    assert sink.connections == 1
    assert sink.commands.count("RSET") == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
def test_421_ends_the_connection(sink: Sink, new_post: NewPost, step: str) -> None:
    """A server that closes down defers the letter in hand, and the next one gets a new connection."""
    sink.answer(step, "421 4.3.2 Closing")  # type: ignore[arg-type]  # one of the steps
    assert new_post(server_of(sink)).send(letter(), letter()) == [
        Deferred("4.3.2 Closing", 421, uncertain=False),
        SENT,
    ]
    assert sink.connections == 2


@pytest.mark.parametrize(("step", "uncertain"), [("MAIL", False), ("RCPT", False), ("BODY", True), ("DOT", True)])
def test_a_lost_connection_is_uncertain_from_data_on(
    sink: Sink, new_post: NewPost, step: str, *, uncertain: bool
) -> None:
    """A letter is uncertain once it was handed over; before that it surely was not taken."""
    sink.drop(step)  # type: ignore[arg-type]  # one of the steps
    lost, sent = new_post(server_of(sink)).send(letter(), letter())
    assert isinstance(lost, Deferred)
    assert (lost.code, lost.uncertain, sent) == (None, uncertain, SENT)


def test_an_uncertain_letter_may_have_arrived(sink: Sink, new_post: NewPost) -> None:
    """The server took the letter and its answer was lost: sent again, the same bytes arrive twice."""
    sink.drop("DOT", accept_mail=True)
    post = new_post(server_of(sink))
    assert post.send(letter()) != [SENT]
    assert post.send(letter()) == [SENT]
    first, second = sink.received
    assert first.content == second.content


@pytest.mark.parametrize(("step", "uncertain"), [("MAIL", False), ("DOT", True)])
def test_a_hung_server_is_not_waited_for(sink: Sink, new_post: NewPost, step: str, *, uncertain: bool) -> None:
    """The server's time-out bounds every command; the next letter gets a new connection."""
    sink.hang(step)  # type: ignore[arg-type]  # one of the steps
    post = new_post(replace(server_of(sink), timeout=timedelta(seconds=0.3)))
    assert post.send(letter(), letter()) == [Deferred("no answer in time", None, uncertain=uncertain), SENT]


def test_a_hung_letter_does_not_hold_the_others(sink: Sink, new_post: NewPost) -> None:
    """While one connection waits for an answer, the others send."""
    sink.hang("DOT", recipient="slow@example.com")
    post = new_post(replace(server_of(sink), timeout=timedelta(seconds=1)), connections=2)
    outcomes = post.send(letter("slow@example.com"), *[letter()] * 20)
    assert outcomes[1:] == [SENT] * 20
    assert sink.connections == 2


@pytest.mark.parametrize("how", ["dropped", "told 421", "logged out", "hung up"])
def test_a_connection_lost_between_letters_blames_no_letter(sink: Sink, new_post: NewPost, how: str) -> None:
    """What a server does to a resting connection is found out by the next letter, which goes out all the same."""
    post = new_post(server_of(sink))
    post.send(letter())
    match how:
        case "dropped":
            sink.cut_connections()
        case "told 421":
            sink.answer("MAIL", "421 4.4.2 Idle for too long")
        case "logged out":
            sink.answer("MAIL", "530 5.7.0 Authentication required")
        case "hung up":
            sink.drop("MAIL")
    assert post.send(letter(), letter()) == [SENT, SENT]
    assert sink.connections == 2


def test_a_connection_that_cannot_be_reset_is_left(sink: Sink, new_post: NewPost) -> None:
    """When RSET fails after a refusal, the next letter goes out over a new connection."""
    sink.answer("RCPT", "550 5.1.1 Unknown")
    sink.answer("RSET", "502 5.5.1 Not here")
    assert new_post(server_of(sink)).send(letter(), letter()) == [Rejected(550, "5.1.1 Unknown"), SENT]
    assert sink.connections == 2


def test_a_connection_idle_for_too_long_is_not_used(sink: Sink, new_post: NewPost) -> None:
    """After the time given a connection is opened anew instead of being tried."""
    post = new_post(server_of(sink), idle=timedelta(0))
    post.send(letter())
    post.send(letter())
    assert sink.connections == 2


def test_nothing_is_begun_after_stop(sink: Sink, new_post: NewPost) -> None:
    """Once asked to stop, letters in hand are finished and no other is begun."""
    post = new_post(server_of(sink), connections=2)
    outcomes = post.send(*[letter()] * 50, stop=lambda: len(post.outcomes) >= 3)
    assert outcomes[:3] == [SENT] * 3
    assert len(outcomes) == len(sink.received) <= 4


def test_letters_are_taken_as_they_are_sent(sink: Sink, new_post: NewPost) -> None:
    """An endless source of letters is read no further than needed."""
    post = new_post(server_of(sink), connections=2)

    def endless() -> Iterator[tuple[int, Letter]]:
        number = 0
        while True:
            yield number, letter()
            number += 1

    post.pool.send(endless(), post.record, lambda: len(post.outcomes) >= 10)
    assert 10 <= len(sink.received) <= 12


def test_no_connection_is_no_outcome(sink: Sink, new_post: NewPost) -> None:
    """Where nobody listens no letter is blamed, and the error says where and what."""
    port = free_port()
    post = new_post(replace(server_of(sink), port=port), connections=4)
    with pytest.raises(SmtpUnavailable, match=f"127.0.0.1:{port}: .*Connect call failed"):
        post.send(letter(), letter())
    assert post.outcomes == {}


def test_a_server_that_goes_away_keeps_the_rest(sink: Sink, new_post: NewPost) -> None:
    """When the server goes down in the middle, letters begun have outcomes and the others none; later they go out."""
    post = new_post(server_of(sink))

    def stop_the_server(number: int, outcome: Outcome) -> None:
        post.record(number, outcome)
        if number == 1:
            sink.stop()

    with pytest.raises(SmtpUnavailable):
        post.pool.send(enumerate([letter()] * 5), stop_the_server, lambda: False)
    assert list(post.outcomes) == [0, 1]
    sink.start()
    assert post.send(letter()) == [SENT]


def test_a_limit_of_connections_is_no_failure(sink: Sink, new_post: NewPost) -> None:
    """A server that grants one connection gets everything over that one."""
    post = new_post(server_of(sink), connections=3)
    post.send(letter())
    sink.answer("CONNECT", "421 4.7.0 Too many connections", times=None)
    assert post.send(*[letter()] * 10) == [SENT] * 10


@pytest.mark.parametrize("greeting", ["554 5.7.1 Not you", "421 4.3.2 Later", "hello"])
def test_an_unfriendly_greeting_is_no_connection(sink: Sink, new_post: NewPost, greeting: str) -> None:
    """Whatever a server says instead of 220, no letter is blamed for it."""
    sink.answer("CONNECT", greeting, times=None)
    post = new_post(server_of(sink))
    with pytest.raises(SmtpUnavailable):
        post.send(letter())
    assert post.outcomes == {}


def test_what_record_raises_ends_the_sending(sink: Sink, new_post: NewPost) -> None:
    """When an outcome cannot be written down, no further letter is begun, and the caller hears why."""
    post = new_post(server_of(sink), connections=2)

    def busy(_number: int, _outcome: Outcome) -> None:
        raise StoreBusy("locked")

    with pytest.raises(StoreBusy):
        post.pool.send(enumerate([letter()] * 50), busy, lambda: False)
    assert len(sink.received) <= 2
    assert post.send(letter()) == [SENT]


@pytest.mark.parametrize("mechanisms", [("PLAIN",), ("LOGIN",), ("PLAIN", "LOGIN", "XOAUTH2")])
def test_a_password_logs_in(new_post: NewPost, mechanisms: tuple[str, ...]) -> None:
    """A password is given by whatever mechanism the server has, once a connection."""
    with Sink(users={"support": "sécret"}, mechanisms=mechanisms) as sink:
        post = new_post(server_of(sink, Login("support", lambda: "sécret")))
        assert post.send(letter(), letter()) == [SENT, SENT]
        assert [mail.login for mail in sink.received] == ["support"] * 2
        assert sink.commands.count("AUTH") == 1


def test_a_token_logs_in(new_post: NewPost) -> None:
    """An access token is given by XOAUTH2, long ones included."""
    token = "t" * 3000
    with Sink(users={"support": token}, tls="implicit") as sink:
        login = Login("support", lambda: token, Mechanism.XOAUTH2)
        assert new_post(server_of(sink, login, Tls.IMPLICIT)).send(letter()) == [SENT]


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_a_wrong_secret_is_refused_once(new_post: NewPost, mechanism: Mechanism) -> None:
    """The login hears of the refusal, the server is asked once, and the error holds no secret."""
    refusals: list[str] = []
    with Sink(users={"support": "right"}) as sink:
        login = Login("support", lambda: "wr0ng", mechanism, lambda: refusals.append("no"))
        post = new_post(server_of(sink, login))
        sink.answer("AUTH", "535 5.7.8 No such login: wr0ng")
        with pytest.raises(LoginRefused, match="login of support refused: 535") as error:
            post.send(letter(), letter())
        assert "wr0ng" not in str(error.value)
        with pytest.raises(LoginRefused, match="credentials invalid"):
            post.send(letter())
        assert sink.commands.count("AUTH") == 2
    assert refusals == ["no", "no"]
    assert post.outcomes == {}


def test_a_login_that_cannot_be_checked_now_is_tried_later(new_post: NewPost) -> None:
    """454 is the server's trouble and not the secret's: nobody is alarmed about a wrong password."""
    with Sink(users={"support": "secret"}) as sink:
        sink.answer("AUTH", "454 4.7.0 Temporary failure")
        post = new_post(server_of(sink, Login("support", lambda: "secret", refused=pytest.fail)))
        with pytest.raises(SmtpUnavailable, match="454"):
            post.send(letter())


def test_a_server_without_the_mechanism_is_named(new_post: NewPost) -> None:
    """A token is never tried as a password: the error says what the server offers instead."""
    with Sink(users={"support": "secret"}, mechanisms=("LOGIN", "PLAIN")) as sink:
        post = new_post(server_of(sink, Login("support", lambda: "secret", Mechanism.XOAUTH2)))
        with pytest.raises(LoginRefused, match="no login by xoauth2 here, but login, plain"):
            post.send(letter())
        assert "AUTH" not in sink.commands


def test_a_login_that_the_server_wants_blames_no_letter(new_post: NewPost) -> None:
    """Where we have no login and the server wants one, that is a matter of settings and not of each letter."""
    with Sink(users={"support": "secret"}) as sink:
        post = new_post(server_of(sink))
        with pytest.raises(LoginRefused, match=r"530 .* Authentication required"):
            post.send(letter(), letter())
        assert post.outcomes == {}
        assert sink.connections == 1


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
def test_tls_protects_the_letter(new_post: NewPost, tls: Tls) -> None:
    """With implicit TLS and after STARTTLS the letter goes out over a verified connection."""
    with Sink(tls=tls.value, users={"support": "secret"}) as sink:
        post = new_post(server_of(sink, Login("support", lambda: "secret"), tls), connections=2)
        assert post.send(*[letter()] * 10) == [SENT] * 10
        assert all(mail.tls and mail.login == "support" for mail in sink.received)


@pytest.mark.parametrize("tls", [Tls.IMPLICIT, Tls.STARTTLS])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.1"])
def test_an_untrusted_server_gets_nothing(new_post: NewPost, tls: Tls, host: str) -> None:
    """A certificate of an unknown authority, or for another name, ends the connection before anything is said."""
    with Sink(tls=tls.value) as sink:
        trusted = None if host == sink.host else sink.ca_file
        post = new_post(replace(server_of(sink, tls=tls), ca_file=trusted, host=host))
        with pytest.raises(SmtpUnavailable, match="certificate is not trusted"):
            post.send(letter())
        assert "MAIL" not in sink.commands


def test_starttls_is_never_done_without(sink: Sink, new_post: NewPost) -> None:
    """A server, or somebody in between, that does not offer STARTTLS gets neither login nor letter."""
    login = Login("support", lambda: "secret")
    with pytest.raises(SmtpUnavailable, match="STARTTLS"):
        new_post(server_of(sink, login, Tls.STARTTLS)).send(letter())
    assert sink.commands == ["EHLO"]


def test_a_wrong_ca_file_is_named(sink: Sink, new_post: NewPost) -> None:
    """A file of authorities that is not there is a fault of the settings."""
    server = replace(server_of(sink, tls=Tls.IMPLICIT), ca_file="/nowhere.pem")
    with pytest.raises(PermanentError, match="/nowhere"):
        new_post(server).send(letter())


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
        "",
    ],
)
def test_an_address_that_is_none_is_refused(sink: Sink, new_post: NewPost, address: str) -> None:
    """No text can smuggle a command or another recipient into the envelope, and the next letter goes out."""
    rejected, sent = new_post(server_of(sink)).send(letter(address), letter())
    assert isinstance(rejected, Rejected)
    assert sent == SENT
    assert [mail.rcpt_tos for mail in sink.received] == [("bob@example.com",)]


def test_a_letter_too_large_is_refused_before_it_is_sent(new_post: NewPost) -> None:
    """The size is announced, so that a server can refuse without being given the letter."""
    with Sink(size_limit=1000) as sink:
        post = new_post(server_of(sink))
        large, small = post.send(letter(content=b"x" * 2000), letter())
        assert isinstance(large, Rejected)
        assert (large.code, small) == (552, SENT)
        assert sink.commands.count("DATA") == 1


def test_eight_bit_letters_say_so(sink: Sink, new_post: NewPost) -> None:
    """A letter with bytes beyond ASCII arrives byte for byte."""
    content = "Subject: zażółć\r\n\r\ngęślą jaźń\r\n".encode()
    assert new_post(server_of(sink)).send(letter(content=content)) == [SENT]
    assert sink.received[0].content == content
    assert sink.received[0].smtp_utf8


def test_a_probe_says_what_it_found() -> None:
    """The probe connects, protects, logs in, and names the server's abilities, without sending anything."""
    with Sink(tls="starttls", users={"support": "secret"}, size_limit=5_000_000) as sink:
        found = probe(server_of(sink, Login("support", lambda: "secret"), Tls.STARTTLS))
        assert found == "sink.test, TLSv1.3, logged in as support, SIZE 5000000, 8BITMIME, SMTPUTF8"
        assert "MAIL" not in sink.commands


def test_a_probe_says_what_is_wrong(sink: Sink) -> None:
    """The probe fails with the same errors as sending does."""
    sink.stop()
    with pytest.raises(SmtpUnavailable, match="Connect call failed"):
        probe(server_of(sink))
