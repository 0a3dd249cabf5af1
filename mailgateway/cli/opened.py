"""The gateway, opened for the length of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from mailgateway import log
from mailgateway.app import Gateway, open_gateway
from mailgateway.cli.invocation import invocation


@contextmanager
def opened(ctx: typer.Context, *, makes: bool = False) -> Iterator[Gateway]:
    """Give the gateway of the configuration; of its log, warnings alone reach the terminal unless more is asked for.

    A database that is not there is made with `makes`, and otherwise said to be missing. Raises ConfigError and
    StoreUnusable.
    """
    asked = invocation(ctx)
    log.configure(as_json=asked.logs_json, verbose=asked.verbose, quiet=not asked.verbose)
    gateway = open_gateway(asked.config, makes=makes)
    try:
        yield gateway
    finally:
        gateway.close()
