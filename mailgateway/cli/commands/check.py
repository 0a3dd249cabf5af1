"""`mailgateway check`: is everything right, as far as can be told without a network?"""

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain, say
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.findings import findings_said, say_findings
from mailgateway.config.exposed import exposed
from mailgateway.config.load import load
from mailgateway.config.settings import Settings
from mailgateway.errors import ConfigError
from mailgateway.render.check import findings, untold
from mailgateway.render.check_answers import broken_links
from mailgateway.share import share

app = single()


@app.command()
def check(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Check the configuration, rules, answers and templates. Nothing is connected to."""
    with findings_said(as_objects=as_objects):
        _check(ctx, as_objects=as_objects)


def _check(ctx: typer.Context, *, as_objects: bool) -> None:
    settings = load(invocation(ctx).config)
    spoken = [mailbox.default.language for mailbox in settings.mailboxes]
    warnings = (
        *settings.warnings,
        *settings.exposed_secrets(),
        *exposed(settings),
        *untold(settings.templates, share("templates"), spoken),
    )
    if as_objects:
        say_findings(warnings, is_wrong=False)
    else:
        for warning in warnings:
            complain(f"{warning} (a warning)")
    wrong = (*broken_links(settings.library), *findings(settings.templates, share("templates")))
    if wrong:
        raise ConfigError(wrong)
    if not as_objects:
        _say_counts(settings, len(warnings))


def _say_counts(settings: Settings, warnings: int) -> None:
    directory = settings.directory
    counts = (
        (len(settings.mailboxes), "mailbox", "mailboxes"),
        (len(directory.agents), "agent", "agents"),
        (len(directory.groups), "group", "groups"),
        (len(settings.ruleset.rules), "rule", "rules"),
        (len(settings.library.names), "answer", "answers"),
        (warnings, "warning", "warnings"),
    )
    say("fine: " + ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts))
