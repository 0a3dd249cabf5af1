"""What values look like in a column: instants aware and in UTC, text that every database takes, words of a list."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

Listed = TypeVar("Listed", bound=StrEnum)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; on SQLite as text that sorts by time. Refuses naive ones with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn it to UTC."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a naive datetime cannot be stored: give it a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give it back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Wording(TypeDecorator[str]):
    """Text from strangers: what PostgreSQL or UTF-8 cannot hold (NUL, lone surrogates) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed by the base
        """Replace what cannot be stored."""
        return None if value is None else storable(value)


class Word(TypeDecorator[Listed]):
    """A word of a fixed list, kept as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[Listed]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Listed | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Keep the word itself; one that is not on the list raises ValueError."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Listed | None:  # noqa: ARG002 - as above
        """Give back the member of the list."""
        return None if value is None else self.words(value)


def storable(text: str) -> str:
    """Return the text with U+FFFD in place of NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    clean = text.replace("\0", "\ufffd")
    try:
        clean.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in clean)
    return clean
