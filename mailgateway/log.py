"""Logging: one event name and its facts a line, as JSON or for the eyes. Secrets and texts of mails never get here.

Most commands log nothing, so structlog, which takes as long to import as they take to answer, waits for the first line.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from structlog.types import EventDict, FilteringBoundLogger, Processor, WrappedLogger

# ruff: noqa: PLC0415 - see above

_LONGEST_VALUE = 500
_LIBRARY = "library"
_parts = {_LIBRARY}
_COUNTED = ("warning", "error")
_TURNING = (0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
"""Line separators, and what turns the direction of writing: a Message-ID may hold any of them."""

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    code: f"\\u{code:04x}" for code in _TURNING
}


def configure(*, as_json: bool, verbose: bool = False, quiet: bool = False) -> None:
    """Send log lines to standard error, as JSON objects or coloured text; libraries' warnings included.

    `quiet` leaves out all but warnings and errors.
    """
    level = logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO
    _Logger.configured = partial(_configure, sys.stderr, level, as_json=as_json)
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()])


def count(counter: Callable[[str, str], None]) -> None:
    """Tell somebody of every warning and error from now on: its part and its level."""
    _Logger.counter = counter


def logger(part: str) -> FilteringBoundLogger:
    """Return the logger of one part of the gateway; `part` stands in each of its lines."""
    _parts.add(part)
    return cast("FilteringBoundLogger", _Logger(part))


def parts() -> tuple[str, ...]:
    """Return the parts that may write to the log."""
    return tuple(sorted(_parts))


class _Logger:
    """A logger that sets structlog up when it has something to say."""

    configured: Callable[[], None] | None = None
    configuring = threading.Lock()
    counter: Callable[[str, str], None] | None = None

    def __init__(self, part: str) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        import structlog

        if _Logger.configured is not None:
            with _Logger.configuring:  # threads that begin together: none may write before it is known where and how
                if _Logger.configured is not None:
                    _Logger.configured()
                    _Logger.configured = None
        return getattr(structlog.get_logger(part=self._part), name)


class _Libraries(logging.Handler):
    """Writes what libraries warn of as events of ours; of an error only where it came from, as it may quote a mail."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        write = getattr(logger(_LIBRARY), "error" if record.levelno >= logging.ERROR else "warning")
        error = record.exc_info[1] if record.exc_info else None
        where = frames(error) if error is not None else None
        try:
            # what fills the message, and the lines below it, may be the error in its own words
            said = record.getMessage() if error is None else str(record.msg).partition("\n")[0]
            write("library.said", library=record.name, said=said, exception=where)
        except Exception:  # noqa: BLE001 - a library's own mistake in its words stops nobody
            self.handleError(record)


def _configure(output: TextIO, level: int, *, as_json: bool) -> None:
    import structlog

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _counted,
        _bounded,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        # no pretty traceback: it would show the values of variables, and those are mails
        else structlog.dev.ConsoleRenderer(
            colors=output.isatty(), pad_event_to=24, exception_formatter=structlog.dev.plain_traceback
        )
    )
    written = structlog.WriteLoggerFactory(file=output)
    written()  # makes the lock under which lines are written; two threads at once would make two
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last] if as_json else [*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=written,
        cache_logger_on_first_use=False,
    )


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Put facts into every line that this thread writes within the block, and nothing of them behind it."""
    import structlog

    with structlog.contextvars.bound_contextvars(**facts):
        yield


def also(**facts: object) -> None:
    """Put in the value of a fact that `about` has named without one, now that it is known."""
    import structlog

    structlog.contextvars.bind_contextvars(**facts)


def frames(error: BaseException) -> str:
    """Return where an error came from, without its words: an error about a mail may quote it."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()


def _counted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if _Logger.counter is not None and event["level"] in _COUNTED:
        _Logger.counter(event["part"], event["level"])
    return event


def _bounded(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Cut long values and escape control characters: subjects and server answers come from strangers."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            event[key] = value[:_LONGEST_VALUE].translate(_CONTROL)
    return event
