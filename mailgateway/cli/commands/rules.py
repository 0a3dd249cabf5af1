"""`mailgateway rules`: are the rules right, and what do they make of mail?"""

import typer

from mailgateway.cli.apps import group
from mailgateway.cli.commands.backtest import backtest
from mailgateway.cli.commands.explain import explain
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain, say
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.findings import findings_said, say_findings
from mailgateway.config.load import load

app = group("Check the routing rules, and see what they make of a mail.")
app.command()(explain)
app.command()(backtest)


@app.command()
def check(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Check the routing rules, and what they name."""
    with findings_said(as_objects=as_objects):
        settings = load(invocation(ctx).config)
    rules = settings.ruleset.rules
    rules_files = {str(file) for file in settings.rules_files}
    doubtful = [one for one in settings.warnings if one.file in rules_files]
    if as_objects:
        say_findings(doubtful, is_wrong=False)
    else:
        for warning in doubtful:
            complain(str(warning))
    if doubtful:
        raise typer.Exit(1)
    if not as_objects:
        say(f"fine: {len(rules)} rule{'' if len(rules) == 1 else 's'}")
