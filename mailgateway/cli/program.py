"""The command `mailgateway`: its own options, its commands, and what each error means to the shell."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import mailgateway
from mailgateway.cli.apps import plainly
from mailgateway.cli.footprint import tread_lightly
from mailgateway.cli.invocation import Invocation, LogFormat
from mailgateway.cli.lines import complain
from mailgateway.errors import ConfigError, GatewayError

FINE, FOUND_SOMETHING, WRONG_USAGE = 0, 1, 2
# as a shell reports a command that SIGPIPE ended: whoever read our output has left
_READER_LEFT = 141
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

COMMANDS = {
    "init": "Write the commented example configuration.",
    "check": "Check the configuration, rules, answers and templates.",
    "doctor": "Connect to everything that is needed.",
    "run": "Fetch, file and send until SIGTERM.",
    "demo": "Show the gateway at work on mail servers of its own.",
    "parse": "Show what is understood of mails.",
    "ingest": "File mails as if they had arrived.",
    "rules": "Check the routing rules, and see what they make of a mail.",
    "tickets": "Look at tickets, answer them, change them.",
    "events": "Show what happens to tickets, as it happens.",
    "templates": "The mails that are sent, and how they look.",
    "knowledge": "The answers of the knowledge folder.",
    "organisations": "Your customers, and how much of their contracts is used.",
    "outbox": "Letters that wait to be sent, or could not be.",
    "suppressions": "Addresses that nothing is sent to.",
    "webhooks": "Calls of other systems, and what became of them.",
    "quarantine": "Mails that were set aside for a person.",
    "refusals": "Mails that were refused, and answers that are held, each with the reason.",
    "report": "Show the figures of a period, and what they were in the period before.",
    "reconcile": "Put every mail beside its one outcome.",
    "status": "Show whether mail comes in and goes out.",
    "export": "Write what is kept about a person into a folder.",
    "erase": "Erase a person from tickets, mails and letters.",
    "retention": "Show what has outlived its time and would go now.",
    "keys": "The keys that sign reply addresses.",
    "db": "The database: its schema, its backup, and whether all that it names is there.",
    "schema": "Show the JSON Schema of a configuration file.",
}
"""Every command with the first sentence of its help, in the order in which an admin meets them."""


class Commands(TyperGroup):
    """The commands by name; the module of one is imported when it is asked for, so that each starts quickly."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - fixed by the base
        """Return the names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - fixed by the base
        """Return a command, None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(f"mailgateway.cli.commands.{cmd_name}").app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - fixed by the base
        """Write the list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is meant; for a mistyped one, name the nearest."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f'did you mean "{near[0]}"?' if near else "`mailgateway --help` names all"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def make_context(self, *given: Any, **more: Any) -> Any:
        """Read the words before the command."""
        with _explained(), plainly():
            return super().make_context(*given, **more)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; errors of the gateway become a line each on standard error and an exit code."""
        with _explained():
            result = super().invoke(ctx)
            if sys.stdout is not None:  # closed by who called us
                sys.stdout.flush()
        return result


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        for finding in error.findings:
            complain(str(finding))
        raise typer.Exit(WRONG_USAGE) from None
    except GatewayError as error:
        complain(f"mailgateway: {error}")
        raise typer.Exit(FOUND_SOMETHING) from None
    except BrokenPipeError:
        _write_no_more()
        raise typer.Exit(_READER_LEFT) from None
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename is not None:
            raise
        _write_no_more()
        complain(f"mailgateway: the output cannot be written: {error.strerror}")
        raise typer.Exit(FOUND_SOMETHING) from None


def _write_no_more() -> None:
    """Throw away what is still buffered: it would raise again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="mailgateway",
    cls=Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"mailgateway {mailgateway.__version__}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    *,
    config: Annotated[
        Path,
        typer.Option("--config", "-c", envvar="MAILGATEWAY_CONFIG", metavar="FILE", help="The file gateway.yaml."),
    ] = Path("config/gateway.yaml"),
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more.")] = False,
    log_format: Annotated[
        LogFormat | None,
        typer.Option("--log-format", help="How to log; for the eyes on a terminal, JSON elsewhere."),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """The e-mail front door of a service desk: mail becomes tickets, everybody is kept informed by mail."""
    ctx.obj = Invocation(config, log_format, verbose=verbose)


def main() -> None:
    """Run the command line and leave with its exit code."""
    tread_lightly()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()
