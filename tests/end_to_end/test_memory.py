"""What is in memory does not grow with what is in the mailbox."""

import tracemalloc
from dataclasses import replace

import pytest

from tests.end_to_end.office import Office, message
from tests.traffic import mails

_MAILS, _SIZE = 10, 2_000_000
_BOUND = 30_000_000


@pytest.mark.timeout(300)
def test_a_mailbox_of_large_mails_is_never_in_memory(small_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails of 2 MB each are fetched, filed and handed to their group, and never many of them are in memory."""
    small_office.reconfigure("size_limit: 1MB", "size_limit: 5MB")
    for number in range(_MAILS):
        large = message(f"c{number}@customer.example", f"Large {number}", "See the picture.")
        large.add_attachment(bytes([number]) * (_SIZE * 3 // 4), maintype="image", subtype="png", filename="a.png")
        small_office.write(large)
    small_office.dovecot.deliver(small_office.user, next(mails(1))[1])
    keep = small_office.sink.take
    # the server is in this process, too, and need not keep what it was sent
    monkeypatch.setattr(small_office.sink, "take", lambda mail: keep(replace(mail, content=b"")))
    tracemalloc.start()
    try:
        problems = small_office.gateway.run_once(lambda: False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problems == ()
    assert len(small_office.numbers()) == _MAILS + 1
    assert peak < _BOUND, f"{peak / 1e6:.0f} MB"
