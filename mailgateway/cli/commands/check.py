"""`mailgateway check`: is everything right, as far as can be told without a network?"""

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain, say
from mailgateway.config.load import load
from mailgateway.errors import ConfigError
from mailgateway.render.check import findings, untold
from mailgateway.render.check_answers import broken_links
from mailgateway.share import share

app = single()


@app.command()
def check(ctx: typer.Context) -> None:
    """Check the configuration, rules, answers and templates. Nothing is connected to."""
    settings = load(invocation(ctx).config)
    spoken = [mailbox.default.language for mailbox in settings.mailboxes]
    warnings = (*settings.warnings, *untold(settings.templates, share("templates"), spoken))
    for warning in warnings:
        complain(f"{warning} (a warning)")
    wrong = (*broken_links(settings.library), *findings(settings.templates, share("templates")))
    if wrong:
        raise ConfigError(wrong)
    directory = settings.directory
    counts = (
        (len(settings.mailboxes), "mailbox", "mailboxes"),
        (len(directory.agents), "agent", "agents"),
        (len(directory.groups), "group", "groups"),
        (len(settings.ruleset.rules), "rule", "rules"),
        (len(settings.library.names), "answer", "answers"),
        (len(warnings), "warning", "warnings"),
    )
    say("fine: " + ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts))
