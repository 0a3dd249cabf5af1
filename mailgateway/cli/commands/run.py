"""`mailgateway run`: the daemon."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from mailgateway import log
from mailgateway.app import open_gateway
from mailgateway.cli.apps import single
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain
from mailgateway.flows.desk import Stop

app = single()


@app.command()
def run(
    ctx: typer.Context,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every mailbox until it is empty, send what is due, and leave.")
    ] = False,
) -> None:
    """Fetch, file and send until SIGTERM. SIGHUP reads the configuration again."""
    asked = invocation(ctx)
    log.configure(as_json=asked.logs_json, verbose=asked.verbose)
    gateway = open_gateway(asked.config)
    try:
        if once:
            with _stopping() as stop:
                problems = gateway.run_once(stop)
        else:
            gateway.supervisor().run()
            problems = ()
    finally:
        gateway.close()
    for problem in problems:
        complain(problem)
    if problems:
        raise typer.Exit(1)


@contextmanager
def _stopping() -> Iterator[Stop]:
    """Let SIGTERM end a round between two mails."""
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: asked.set())
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGTERM, before)
