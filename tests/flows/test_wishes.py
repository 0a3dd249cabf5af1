"""What a customer can do with one click: rate, be told less, leave; and close what is solved with a word."""

import re
from dataclasses import replace

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.model import ArticleKind, News, Status
from mailgateway.flows.operate import operate
from mailgateway.mail.model import Address, Mail
from mailgateway.mail.outgoing.tokens import reply_address
from mailgateway.mail.parse import parse
from mailgateway.store.outgoing import outbox
from mailgateway.store.service import wishes
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench

CARLA, DAVE = "carla@customer.example", "dave@customer.example"
TICKET = 10_001


def letters(bench: Bench, kind: str) -> list[Mail]:
    """Return the letters of a kind, oldest first."""
    with bench.store.reading() as tx:
        return [parse(outbox.letter(tx, line.id).content) for line in bench.letters() if line.template == kind]


def link(mail: Mail, wish: str) -> str:
    """Return the address that a link in a letter writes to."""
    found = re.search(rf"\bsupport\+t{TICKET}-{wish}\.[a-z2-7]+@example\.com", mail.text)
    assert found is not None, mail.text
    return found[0]


def order(bench: Bench, orders: Orders) -> None:
    """Let Anna order something, a minute after what was before."""
    bench.now += MINUTE
    operate(bench.desk, TICKET, orders, bench.desk.policy().directory.agents[0], f"test-{bench.now.isoformat()}")


def click(bench: Bench, address: str, text: str = "", sender: str = CARLA) -> None:
    """Send the mail that a link begins, a minute after what was before."""
    bench.now += MINUTE
    bench.arrive(message(sender, "As the link says", text, to=address))
    bench.ingest()


def happened(bench: Bench) -> list[str]:
    """Return what happened to the ticket, in words."""
    return [event.what for event in bench.ticket(TICKET).events]


@pytest.fixture
def solved(bench: Bench) -> Mail:
    """Solve a ticket; return the mail that says so."""
    bench.arrive(message(CARLA, "Screen", "It is dead.", cc=[DAVE]))
    bench.ingest()
    order(bench, Orders(status=Status.SOLVED))
    return letters(bench, "status_changed")[-1]


def test_a_click_rates_and_is_thanked_once(bench: Bench, solved: Mail) -> None:
    """The last rating counts; the ticket stays as it is; what was written beside it is a note."""
    click(bench, link(solved, "good"))
    click(bench, link(solved, "bad"), "It broke again.\n")
    with bench.store.reading() as tx:
        assert wishes.rating(tx, TICKET) == "bad"
    assert happened(bench).count("rated") == 2
    assert len(letters(bench, "rated")) == 1
    sheet = bench.ticket(TICKET)
    assert sheet.ticket.status is Status.SOLVED
    assert sheet.articles[-1].article.kind is ArticleKind.NOTE
    assert bench.subjects() == ["Screen"]


def test_a_forged_rating_is_refused(bench: Bench, solved: Mail) -> None:
    """One good address makes no other: neither another value, nor a reply address, nor another ticket."""
    good = link(solved, "good")
    reply_to = solved.reply_to[0].address
    for forged in (good.replace("-good", "-bad"), reply_to.replace(f"+t{TICKET}.", f"+t{TICKET}-good.")):
        click(bench, forged)
    with bench.store.reading() as tx:
        assert wishes.rating(tx, TICKET) == ""
    assert "rated" not in happened(bench)
    assert bench.subjects() == ["Screen"]


def test_a_rating_comes_within_two_weeks(bench: Bench, solved: Mail) -> None:
    """Later it is written down and counts no more."""
    bench.now += 15 * 24 * 60 * MINUTE
    click(bench, link(solved, "good"))
    assert "wish_refused" in happened(bench)
    assert letters(bench, "rated") == []


def test_who_wants_no_status_mails_gets_answers_alone(bench: Bench, solved: Mail) -> None:
    """About this ticket, or about any; a program may say so as well, since List-Unsubscribe lets it."""
    assert f"<mailto:{link(solved, 'never')}?subject=unsubscribe>" in (solved.headers.get("List-Unsubscribe") or "")
    click(bench, link(solved, "stop"))
    told = len(letters(bench, "status_changed"))
    order(bench, Orders(status=Status.PENDING))
    order(bench, Orders(text="Is it better?"))
    assert len(letters(bench, "status_changed")) == told
    assert letters(bench, "reply")
    bench.arrive(message(CARLA, "Mouse", "It is dead too."))
    bench.ingest()
    assert len(letters(bench, "acknowledgement")) == 2
    click(bench, link(solved, "never"))
    bench.arrive(message(CARLA, "Keyboard", "It is dead as well."))
    bench.ingest()
    assert len(letters(bench, "acknowledgement")) == 2


def test_who_is_on_cc_is_told_once_and_may_leave(bench: Bench, solved: Mail) -> None:
    """With the first mail; after the click they get no answers."""
    bench.arrive(message(CARLA, "Re: Screen", "Really.", to=solved.reply_to[0].address, cc=[DAVE]))
    bench.ingest()
    (welcome,) = letters(bench, "added")
    click(bench, link(welcome, "leave"), sender=DAVE)
    assert bench.ticket(TICKET).ticket.participants == ()
    order(bench, Orders(text="Please restart it."))
    assert [mail.to[0].address for mail in letters(bench, "reply")] == [CARLA]
    click(bench, link(welcome, "leave"), sender=DAVE)
    assert bench.subjects() == ["Screen"]


def test_yes_closes_what_is_solved_and_anything_else_opens_it(bench: Bench, solved: Mail) -> None:
    """A bare yes is enough, by the reply address of the mail that asked."""
    answer = solved.reply_to[0].address
    bench.now += MINUTE
    bench.arrive(message(CARLA, "Re: Screen", "Yes, thanks!", to=answer))
    bench.ingest()
    assert bench.ticket(TICKET).ticket.status is Status.CLOSED
    bench.now += MINUTE
    bench.arrive(message(CARLA, "Re: Screen", "It is dead again.", to=answer))
    bench.ingest()
    assert bench.ticket(TICKET).ticket.status is Status.OPEN


def test_news_of_newcomers_can_be_switched_off(bench: Bench) -> None:
    """By the name of that status mail."""
    policy = bench.gateway.policy
    groups = tuple(replace(group, silent=(News.ADDED,)) for group in policy.directory.groups)
    quiet = replace(policy, directory=replace(policy.directory, groups=groups))
    bench.desk = replace(bench.desk, policy=lambda: quiet)
    bench.arrive(message(CARLA, "Screen", "It is dead.", cc=[DAVE]))
    bench.ingest()
    assert letters(bench, "added") == []


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize("by_mail", [True, False])
def test_who_wants_no_mail_at_all_is_not_told_that_a_ticket_is_theirs(bench: Bench, by_mail: bool) -> None:  # noqa: FBT001 - a column of the table
    """Nor that they take part: what they said of other tickets is known, be it a mail or the shell that adds them."""
    eve, fritz = "eve@elsewhere.example", "fritz@elsewhere.example"
    with bench.store.writing() as tx:
        for address in (eve, fritz):
            wishes.unsubscribe(tx, address, 0, bench.now)
    if by_mail:
        agent = bench.desk.policy().directory.agents[0]
        to = reply_address_of(bench, agent.name)
        click(bench, to, f"#requester {eve}\n#cc {fritz}\n", sender=agent.address)
    else:
        order(bench, Orders(requester=Address("", eve), participants=(Address("", fritz),)))
    ticket = bench.ticket(TICKET).ticket
    assert (ticket.requester.address, fritz in {one.address for one in ticket.participants}) == (eve, True)
    assert [mail for mail in letters(bench, "added") if mail.to[0].address in (eve, fritz)] == []


def reply_address_of(bench: Bench, agent: str) -> str:
    """Return the reply address of the ticket that is signed for an agent."""
    policy = bench.desk.policy()
    return reply_address(policy.mailboxes[0].address, policy.reply_keys[0], TICKET, f"agent:{agent}")
