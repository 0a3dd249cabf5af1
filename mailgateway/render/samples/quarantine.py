"""What is in quarantine, to try the templates of its mails with."""

from datetime import UTC, datetime, timedelta

_AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
_OUTCOMES = (
    "opened",
    "followed_up",
    "recorded",
    "refused_orders",
    "discarded",
    "duplicate",
    "dropped",
    "set_aside_again",
    "waits",
    "shown",
    "too_large",
    "lost",
    "unknown",
)

DIGEST: dict[str, object] = {
    "mails": [
        {
            "id": 17,
            "mailbox": "support",
            "at": _AT,
            "sender": "lucky@lottery.example",
            "subject": "You won <b>the lottery</b>",
            "size": 48_113,
            "stage": "decide",
            "error": "rule programs by mail",
        },
        {
            "id": 18,
            "mailbox": "support",
            "at": _AT + timedelta(minutes=12),
            "sender": "",
            "subject": "",
            "size": 1_024,
            "stage": "parse",
            "error": "no mail: it does not begin with header fields such as From: or Subject:",
        },
    ],
    "others": 3,
    "is_new": True,
    "numbers": "17 18",
}
RECEIPTS: tuple[dict[str, object], ...] = (
    {
        "lines": [
            {"entry": 17, "outcome": "opened", "by": "", "ticket": 10234, "why": ""},
            {"entry": 18, "outcome": "dropped", "by": "postmaster@example.com", "ticket": None, "why": ""},
            {"entry": 19, "outcome": "set_aside_again", "by": "", "ticket": None, "why": "no mail: no header"},
        ],
    },
    {"lines": [{"entry": 17, "outcome": one, "by": "", "ticket": 10234, "why": ""} for one in _OUTCOMES]},
    {"problems": ["#relase is not a command; did you mean #release?"], "helps": True},
    {"helps": True},
)
