"""The gateway, made to kill itself: reads `POINT COUNT` lines, forks a real daemon for each, reports how it ended.

Run as a program with the configuration's path. The daemon is the real one; at the COUNT-th passage of POINT it sends
itself SIGKILL, which nothing in it can notice or tidy up after. Forking a process that has everything imported makes
two hundred deaths a matter of a minute.
"""

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mailgateway import app, log
from mailgateway.flows import carry_out, collect, settling
from mailgateway.flows.sending import lighten, outcomes
from mailgateway.store.incoming import spool
from mailgateway.store.outgoing import calls, outbox
from tests.end_to_end.office import message
from tests.flows.bench import Bench


class Fuse:
    """Kills this process at the n-th call."""

    def __init__(self, count: int) -> None:
        """Be lit for `count` calls."""
        self._left = count
        self._lock = threading.Lock()

    def burn(self) -> None:
        """Count one passage, and die at the last."""
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def after(original: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    """Die when the call has done its work and before anybody learns of it."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        fuse.burn()
        return result

    return wrapped


def before(original: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    """Die instead of the call."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        fuse.burn()
        return original(*args, **kwargs)

    return wrapped


def on_each(original: Callable[..., Iterator[Any]], fuse: Fuse) -> Callable[..., Iterator[Any]]:
    """Die when the generator has given something."""

    def wrapped(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for item in original(*args, **kwargs):
            fuse.burn()
            yield item

    return wrapped


def within(original: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    """Die somewhere in the middle of the call: another thread burns the fuse while it runs."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        threading.Timer(0.001, fuse.burn).start()
        return original(*args, **kwargs)

    return wrapped


POINTS: dict[str, tuple[Any, str, Callable[[Callable[..., Any], Fuse], Callable[..., Any]]]] = {
    "before_spool_commit": (spool, "put", after),
    "after_spool_commit": (collect, "receive", on_each),
    "inside_apply": (carry_out, "apply", after),
    "before_ticket_commit": (spool, "finish", after),
    "before_settle": (settling, "settle", before),
    "during_settle": (settling, "settle", within),
    "after_settle": (settling, "settle", after),
    "after_data": (outbox, "record", before),
}
"""Where mail is on its way."""

OTHER_POINTS: dict[str, tuple[Any, str, Callable[[Callable[..., Any], Fuse], Callable[..., Any]]]] = {
    "after_call": (calls, "record", before),
    "before_exchange": (lighten, "replace_letter", before),
    "inside_exchange": (lighten, "replace_letter", after),
    "after_exchange": (outcomes, "send_without_files", after),
}


def daemon(configuration: Path, point: str, count: int) -> None:
    """Run the daemon until the fuse burns down."""
    module, name, way = {**POINTS, **OTHER_POINTS}[point]
    setattr(module, name, way(getattr(module, name), Fuse(count)))
    gateway = app.open_gateway(configuration)
    gateway.supervisor().run()


def warm_up() -> None:
    """File one mail in a desk of its own: what is imported and compiled for it, every daemon forked later has."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.arrive(message("jane@customer.example", "Help", "It burns."))
        bench.ingest()
        bench.gateway.posts()
        bench.gateway.outlets()
        bench.gateway.supervisor()
        bench.gateway.close()


def main() -> None:
    """Fork a daemon for each line of standard input; answer with its process id, then with how it ended."""
    configuration = Path(sys.argv[1])
    log.configure(as_json=True)
    warm_up()
    for line in sys.stdin:
        point, count = line.split()
        child = os.fork()
        if child == 0:
            daemon(configuration, point, int(count))
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - the protocol with the test
        _, status = os.waitpid(child, 0)
        print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
