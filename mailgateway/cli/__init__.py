"""The command line: words come in, flows are called, tables or JSON lines go out; exit codes say how it went.

It decides nothing about mails and tickets. Each command has its own file, which is imported when the command is called.
"""

from mailgateway.cli.program import app, main

__all__ = ["app", "main"]
