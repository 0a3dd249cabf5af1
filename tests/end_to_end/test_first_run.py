"""A mailbox with old mail in it, on a real server, at the first run."""

from datetime import UTC, datetime, timedelta

import pytest

from mailgateway.flows.reconcile import reconcile
from mailgateway.imap.session import Session
from tests.end_to_end.office import Office, message
from tests.traffic import mails

OLD = 400
DAY = timedelta(days=1)


def lay(office: Office) -> None:
    """Put four hundred old mails into the mailbox, newest last, and one of today."""
    now = datetime.now(UTC)
    written = enumerate(mails(OLD))
    office.dovecot.lay(office.user, ((raw, now - (500 - number) * DAY) for number, (_, raw) in written))
    office.dovecot.lay(office.user, [(bytes(message("new@customer.example", "Today", "It broke.")), now)])


def outcomes(office: Office) -> list[str]:
    """Return what `reconcile` says of every mail."""
    (post,) = office.gateway.posts()
    with Session.open(post.server, post.folder) as session:
        return [line.outcome for line in reconcile(session, "support", office.gateway.store)]


def test_a_mailbox_of_old_mail_is_left_alone(small_office: Office) -> None:
    """By default only today's mail is answered, and what comes from then on; the server sees no old one touched."""
    lay(small_office)
    letters = small_office.round()
    assert {letter.recipient for letter in letters} == {"new@customer.example", "anna@example.com"}
    assert len(small_office.numbers()) == 1
    assert small_office.dovecot.count(small_office.user) == OLD
    small_office.write(message("next@customer.example", "Later", "It broke, too."))
    assert "next@customer.example" in {letter.recipient for letter in small_office.round()}
    assert len(small_office.numbers()) == 2
    assert outcomes(small_office).count("left_alone") == OLD
    with small_office.dovecot.client(small_office.user) as client:
        client.select("INBOX", readonly=True)
        assert client.uid("SEARCH", "SEEN") == ("OK", [b""])


@pytest.mark.timeout(300)
def test_old_mail_since_a_day_is_filed_in_silence(small_office: Office) -> None:
    """Of old mail what the policy wants is filed, with no letter for any of it; the rest stays where it lies."""
    since = datetime.now(UTC) - 200 * DAY
    small_office.reconfigure("    size_limit: 1MB\n", f"    size_limit: 1MB\n    first_run: since {since:%Y-%m-%d}\n")
    lay(small_office)
    assert small_office.round() == []
    left = outcomes(small_office).count("left_alone")
    assert left in (300, 301)
    assert small_office.dovecot.count(small_office.user) == left
    assert len(small_office.numbers()) > 50
    small_office.write(message("next@customer.example", "Later", "It broke, too."))
    assert len(small_office.round()) == 2
    assert small_office.round() == []
