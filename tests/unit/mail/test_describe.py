"""describe: the object that `parse --json` prints."""

import json
from hashlib import sha256

from mailgateway.mail.describe import describe

KEYS = [
    "file", "ok", "error", "subject", "from", "to", "cc", "reply_to", "date", "message_id", "in_reply_to", "references",
    "text", "html", "reply", "quoted", "attachments", "kind", "bounce",
]  # fmt: skip

RAW = (
    b"From: Jan <jan@x.pl>\nTo: a@b.c\nCc: d@e.f\nReply-To: g@h.i\nSubject: s\nDate: Tue, 2 Jan 2024 10:00:00 +0100\n"
    b"Message-ID: <1@x>\nIn-Reply-To: <0@x>\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nwords\n\n> old\n--c\n"
    b"Content-Type: text/csv; name=t.csv\nContent-Disposition: attachment\n\na,b\n--c--\n"
)


def test_every_key_of_the_contract_is_there() -> None:
    """A mail and a file that is none give the same keys, and both are JSON."""
    for raw in (RAW, b"\x00\xff nothing"):
        found = describe("f.eml", raw)
        assert list(found)[: len(KEYS)] == KEYS
        json.dumps(found)


def test_the_values_are_those_of_the_mail() -> None:
    """Addresses, instants, ids and files have the shapes of the contract."""
    found = describe("f.eml", RAW)
    assert found["from"] == {"name": "Jan", "address": "jan@x.pl"}
    assert found["date"] == "2024-01-02T09:00:00Z"
    assert found["in_reply_to"] == ["0@x"]
    assert (found["reply"], found["quoted"], found["kind"], found["bounce"]) == ("words", True, "normal", None)
    assert found["attachments"] == [
        {
            "filename": "t.csv",
            "content_type": "text/csv",
            "size": 3,
            "sha256": sha256(b"a,b").hexdigest(),
            "inline": False,
            "content_id": None,
        }
    ]


def test_a_file_that_is_no_mail_says_so() -> None:
    """`ok` is false and `error` is one line."""
    found = describe("f", b"")
    assert found["ok"] is False
    assert found["error"]
