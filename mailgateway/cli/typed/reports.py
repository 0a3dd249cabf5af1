"""Options of `report` that would do nothing beside others: whoever writes them expects something else."""

from collections.abc import Mapping

import typer

from mailgateway.cli.lines import wrong_usage

_FIGURES = ("first", "last", "period", "group", "organisation", "figure", "language", "timezone")
_IDLE = {
    "scheduled": ("name", "send", *_FIGURES),
    "name": _FIGURES,
    "figure": ("send", "language"),
}
"""By an option, those that mean nothing beside it."""
_WRITTEN = {
    "scheduled": ("text", "json"),
    "name": ("text", "json"),
    "figure": ("text", "csv", "json"),
    "send": ("text", "json"),
}
"""How what an option asks for can be written; a mail that is sent has everything in it, and its receipt is one line."""


def refuse_idle(ctx: typer.Context) -> None:
    """Leave with 2 where an option was given that would be passed over."""
    given = _given(ctx)
    for chief, idle in _IDLE.items():
        for name in idle if chief in given else ():
            if name in given:
                raise wrong_usage(f"{given[name]} does nothing beside {given[chief]}: leave one of them out")
    form = str(ctx.params["form"])
    if "as_object" in given and "form" in given and form != "json":
        raise wrong_usage(f"--json and --format {form} say two things: give one of them")
    for chief, forms in _WRITTEN.items():
        if chief in given and form not in forms:
            raise wrong_usage(f"{given[chief]} is written as {', '.join(forms[:-1])} or {forms[-1]}")


def _given(ctx: typer.Context) -> Mapping[str, str]:
    """Return the options that were written, by the names of their parameters."""
    found: dict[str, str] = {}
    for one in ctx.command.params:
        source = ctx.get_parameter_source(one.name) if one.name else None
        if one.name and source is not None and source.name == "COMMANDLINE":
            found[one.name] = max(one.opts, key=len)
    return found
