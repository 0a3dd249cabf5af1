"""`mailgateway check`: is everything right, as far as can be told without a network?"""

import typer

from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain, say
from mailgateway.config.load import load
from mailgateway.errors import ConfigError
from mailgateway.render.check import check_templates
from mailgateway.share import share

app = typer.Typer()


@app.command()
def check(ctx: typer.Context) -> None:
    """Check the configuration, the rules and the templates; nothing is connected to."""
    settings = load(invocation(ctx).config)
    for warning in settings.warnings:
        complain(f"{warning} (a warning)")
    findings = check_templates(settings.templates, share("templates"))
    if findings:
        raise ConfigError(findings)
    directory = settings.directory
    counts = {
        "mailboxes": len(settings.mailboxes),
        "agents": len(directory.agents),
        "groups": len(directory.groups),
        "rules": len(settings.ruleset.rules),
        "warnings": len(settings.warnings),
    }
    say("fine: " + ", ".join(f"{count} {what[:-1] if count == 1 else what}" for what, count in counts.items()))
