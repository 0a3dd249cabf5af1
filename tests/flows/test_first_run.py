"""The first look into a folder: what is old is told from what is new, and old mail is filed in silence."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from mailgateway.config.gateway.first_run import RECENT
from mailgateway.desk.first_run import EVER, FirstRun
from mailgateway.errors import MailboxUnavailable
from mailgateway.flows.reconcile import reconcile
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Flag
from tests.end_to_end.office import message
from tests.flows.bench import NOON, Bench
from tests.imap.scripted import server_at
from tests.servers.scripted_imap import Dialogue, ScriptedImap

DAY = timedelta(days=1)
LEAVE = FirstRun(timedelta())
ALL = FirstRun(timedelta(), EVER)
SEEN = Flag("\\Seen")


def folder(ages: dict[int, int]) -> ScriptedImap:
    """Return a server with a mail for each UID, so many days old; its subject is the UID."""
    made = ScriptedImap({uid: mail(uid) for uid in ages})
    made.dates = {uid: NOON - age * DAY for uid, age in ages.items()}
    return made


def mail(uid: int) -> bytes:
    """Return a mail of its own customer, named by its UID."""
    made = message(f"c{uid}@customer.example", f"M{uid}", "It is broken.")
    made.replace_header("Message-ID", f"<{uid}@client.example>")
    return bytes(made)


def come(imap: ScriptedImap, uid: int) -> None:
    """Let a mail arrive now."""
    imap.dates[uid] = NOON
    imap.deliver(uid, mail(uid))


def outcomes(bench: Bench, imap: ScriptedImap) -> dict[int, str]:
    """Return what `reconcile` says of each mail, by UID."""
    with Session.open(server_at(imap), "INBOX") as session:
        return {
            line.uid: line.outcome
            for line in reconcile(session, "support", bench.store)
            if line.uidvalidity == imap.uidvalidity
        }


def acknowledged(bench: Bench) -> list[str]:
    """Return who got a receipt."""
    return [letter.to for letter in bench.letters() if letter.template == "acknowledgement"]


def test_recent_mails_are_served_and_older_ones_left_alone(bench: Bench) -> None:
    """By default the mails of the last three days are answered, and nobody hears of what is older."""
    with folder({1: 400, 2: 4, 3: 2, 4: 0}) as imap:
        bench.collect(imap, SEEN, RECENT)
        come(imap, 5)
        bench.collect(imap, SEEN, RECENT)
        assert bench.subjects() == ["M3", "M4", "M5"]
        assert acknowledged(bench) == [f"c{uid}@customer.example" for uid in (3, 4, 5)]
        assert outcomes(bench, imap) == {1: "left_alone", 2: "left_alone", 3: "opened", 4: "opened", 5: "opened"}
        assert sorted(imap.flags) == [3, 4, 5]


def test_from_now_on_nothing_that_lies_there_is_touched(bench: Bench) -> None:
    """With `now` not even the sizes of old mails are asked for."""
    with folder(dict.fromkeys(range(1, 60), 0)) as imap:
        bench.collect(imap, SEEN, LEAVE)
        assert imap.commands("UID FETCH") == []
        come(imap, 60)
        bench.collect(imap, SEEN, LEAVE)
        assert bench.subjects() == ["M60"]
        assert list(imap.flags) == [60]


def test_the_policy_of_the_first_sight_holds(bench: Bench) -> None:
    """Another policy later brings in nothing that was left alone: the watermark is what counts."""
    with folder({1: 9, 2: 8}) as imap:
        bench.collect(imap, SEEN, LEAVE)
        bench.collect(imap, SEEN, ALL)
        assert bench.subjects() == []


def test_all_old_mails_are_filed_in_silence(bench: Bench) -> None:
    """Each becomes a ticket of its own time, and no letter leaves; what is new beside them is answered."""
    with folder({1: 400, 2: 4, 3: 0}) as imap:
        bench.collect(imap, SEEN, ALL)
        come(imap, 4)
        bench.collect(imap, SEEN, ALL)
        assert bench.subjects() == ["M1", "M2", "M3", "M4"]
        assert {letter.ticket for letter in bench.letters()} == {10004}
        assert sorted(imap.flags) == [1, 2, 3, 4]
    assert [bench.ticket(10000 + uid).ticket.created_at for uid in (1, 2)] == [NOON - 400 * DAY, NOON - 4 * DAY]


def test_old_mails_since_a_day_are_searched_by_the_server(bench: Bench) -> None:
    """What is older is not even measured, and the time of the day counts here, though not for SEARCH."""
    since = FirstRun(timedelta(), NOON - 10 * DAY - timedelta(hours=1))
    ages = {**dict.fromkeys(range(1, 50), 300), 50: 12, 51: 11, 52: 10, 53: 9}
    with folder(ages) as imap:
        bench.collect(imap, SEEN, since)
        assert bench.subjects() == ["M52", "M53"]
        measured = [line for line in imap.commands("UID FETCH") if "RFC822.SIZE" in line]
        assert [line.split()[3] for line in measured] == ["51,52,53"]
        imap.received.clear()
        bench.collect(imap, SEEN, since)
        assert [line.partition(" ")[2] for line in imap.commands("UID SEARCH")] == ["UID SEARCH UID *"]


def test_a_poll_asks_nothing_about_what_is_known(bench: Bench) -> None:
    """Once the folder is known, a look without news is two commands and five short reads, whatever lies there."""
    with folder(dict.fromkeys((1, 2, 999_999, 1_000_000), 9)) as imap:
        bench.collect(imap, SEEN, RECENT)
        imap.received.clear()
        asked: list[str] = []
        event.listen(bench.store.engine, "before_cursor_execute", lambda _c, _k, line, *_: asked.append(line))
        assert bench.collect(imap, SEEN, RECENT) == 0
        verbs = [line.partition(" ")[2].partition(" ")[0] for line in imap.received]
        assert verbs[-3:] == ["NOOP", "UID", "LOGOUT"]
        assert imap.commands("UID SEARCH") == [line for line in imap.received if line.endswith("UID SEARCH UID *")]
        assert imap.commands("UID FETCH") == []
        assert len([line for line in asked if line.startswith("SELECT")]) <= 5


def test_new_mail_does_not_wait_behind_old(bench: Bench) -> None:
    """What arrives while old mail is filed gets its ticket after the batch that is under way."""
    with folder(dict.fromkeys(range(1, 151), 9)) as imap:
        fetch = imap.answers["UID FETCH"]

        def arriving(dialogue: Dialogue, arguments: str) -> None:
            if "BODY" in arguments and 151 not in imap.inbox:
                come(imap, 151)
            fetch(dialogue, arguments)

        imap.answers["UID FETCH"] = arriving
        bench.collect(imap, SEEN, ALL)
    assert len(bench.subjects()) == 151
    assert bench.subjects().index("M151") == 50
    assert acknowledged(bench) == ["c151@customer.example"]


@pytest.mark.parametrize("at", [1, 60, 120])
def test_filing_old_mail_goes_on_where_it_broke(bench: Bench, at: int) -> None:
    """A connection that breaks in the middle loses none and files none twice, though new mail has higher UIDs."""
    with folder(dict.fromkeys(range(1, 131), 9)) as imap:
        fetch = imap.answers["UID FETCH"]
        broken: list[int] = []

        def breaking(dialogue: Dialogue, arguments: str) -> None:
            if "BODY" in arguments and str(at) in arguments.split(maxsplit=1)[0].split(",") and not broken:
                broken.append(at)
                come(imap, 131)
                dialogue.drop()
            fetch(dialogue, arguments)

        imap.answers["UID FETCH"] = breaking
        with pytest.raises(MailboxUnavailable):
            bench.collect(imap, SEEN, ALL)
        bench.collect(imap, SEEN, ALL)
        assert set(outcomes(bench, imap).values()) == {"opened"}
    assert sorted(bench.subjects()) == sorted(f"M{uid}" for uid in range(1, 132))
    assert acknowledged(bench) == ["c131@customer.example"]


@pytest.mark.parametrize("policy", [RECENT, LEAVE, ALL])
def test_uids_that_begin_anew_lose_nothing_and_file_nothing_twice(bench: Bench, policy: FirstRun) -> None:
    """After another UIDVALIDITY the mail that came meanwhile is answered, and every other keeps its outcome."""
    with folder({1: 400, 2: 5, 3: 1}) as imap:
        bench.collect(imap, SEEN, policy)
        come(imap, 4)
        bench.collect(imap, SEEN, policy)
        tickets, receipts = bench.subjects(), acknowledged(bench)
        imap.uidvalidity = 78
        imap.folders["INBOX"] = {uid + 10: raw for uid, raw in imap.inbox.items()}
        imap.dates = {uid + 10: date for uid, date in imap.dates.items()}
        come(imap, 15)
        bench.collect(imap, SEEN, policy)
        assert bench.subjects() == [*tickets, "M15"]
        assert acknowledged(bench) == [*receipts, "c15@customer.example"]
        assert "missing" not in outcomes(bench, imap).values()
        come(imap, 16)
        bench.collect(imap, SEEN, policy)
        assert bench.subjects() == [*tickets, "M15", "M16"]
