"""A morning's mail, and the mails that no morning should bring."""

from collections import Counter

import pytest

from mailgateway.store.incoming import quarantine
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import Office, message, to
from tests.traffic import mails


def test_a_thousand_mails_are_filed_once(office: Office) -> None:
    """One round files a thousand mixed mails and sends each receipt once; a second round does nothing."""
    morning = list(mails(1000))
    for _, raw in morning:
        office.write(raw)
    letters = office.round()
    assert len(office.numbers()) == 1000
    receipts = Counter(letter.recipient for letter in letters if "@customer" in letter.recipient)
    assert len(receipts) == sum(kind == "person" for kind, _ in morning)
    assert set(receipts.values()) == {1}
    assert office.round() == []
    assert len(office.numbers()) == 1000
    with office.gateway.store.reading() as tx:
        assert outbox.listed(tx, everything=False, limit=0) == ()
        assert quarantine.listed(tx, limit=0) == ()
    assert office.dovecot.count(office.user) == 0


_NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth) for depth in range(10_000)
)


@pytest.mark.parametrize(
    ("raw", "filed"),
    [
        pytest.param(bytes(range(256)) * 40, 0, id="random bytes"),
        pytest.param(b"", 0, id="nothing"),
        pytest.param(b"From: a@b.example\r\nSubject: deep\r\n" + _NESTED + b"\r\nend\r\n", 1, id="10,000 nested"),
        pytest.param(b"From: a@b.example\r\nSubject: " + b"x" * 5_000_000 + b"\r\n\r\nhi", None, id="a 5 MB header"),
        pytest.param(b"Subject: nobody\r\n\r\nNo sender at all.\r\n", 1, id="no sender"),
        pytest.param(b"From: a@b.example\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\n\xff\xfe", 1, id="x"),
    ],
)
def test_a_hostile_mail_holds_nothing_up(small_office: Office, raw: bytes, filed: int | None) -> None:
    """It is filed or quarantined with a reason; the mail behind it is a ticket all the same."""
    small_office.dovecot.append(small_office.user, raw) if raw else small_office.write(raw)
    small_office.write(message("carla@customer.example", "Behind it", "Am I through?"))
    letters = small_office.round()
    assert len(to(letters, "carla@customer.example")) == 1
    with small_office.gateway.store.reading() as tx:
        aside = quarantine.listed(tx, limit=0)
    assert len(small_office.numbers()) + len(aside) == 2
    assert all(entry.error for entry in aside)
    if filed is not None:
        assert len(small_office.numbers()) == 1 + filed
    assert small_office.dovecot.count(small_office.user) == 0
