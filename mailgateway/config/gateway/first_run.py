"""How a mailbox says what becomes of the mails that lie in its folder at the first run."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, NoReturn

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from mailgateway.config.reading.kinds import wrong
from mailgateway.desk.first_run import EVER, FirstRun
from mailgateway.rules.text import described

_SINCE = re.compile(r"since +(\d{4}-\d{2}-\d{2})", re.ASCII)
_WORDS = {
    "recent": FirstRun(timedelta(days=3)),
    "now": FirstRun(timedelta()),
    "all": FirstRun(timedelta(), EVER),
}
RECENT = _WORDS["recent"]


def _first_run(written: object) -> FirstRun:
    if isinstance(written, FirstRun):
        return written
    if not isinstance(written, str):
        _not_known(written)
    since = _SINCE.fullmatch(written.strip())
    if since is None:
        return _WORDS[written] if written in _WORDS else _not_known(written)
    try:
        day = datetime.fromisoformat(since[1]).replace(tzinfo=UTC)
    except ValueError:
        wrong(f"there is no day {since[1]}: write year, month and day, such as since 2026-01-31")
    return FirstRun(timedelta(), max(day, EVER))


def _not_known(written: object) -> NoReturn:
    wrong(f"{described(written)} is not known: write recent, now, all, or since and a day, such as since 2026-01-31")


def _spoken(policy: FirstRun) -> str:
    words = {value: word for word, value in _WORDS.items()}
    return words.get(policy) or f"since {(policy.filed_from or EVER):%Y-%m-%d}"


FirstRunPolicy = Annotated[
    FirstRun,
    PlainValidator(_first_run),
    PlainSerializer(_spoken),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(recent|now|all|since +\d{4}-\d{2}-\d{2})$",
            "examples": ["recent", "now", "all", "since 2026-01-31"],
        }
    ),
]
