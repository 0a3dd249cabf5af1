"""`mailgateway templates`: the mails that are sent, before they are sent."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from mailgateway.cli.apps import group
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.names import no_ticket
from mailgateway.config.load import load
from mailgateway.config.policy import policy
from mailgateway.desk.letters.letter import Rendered, with_brand
from mailgateway.desk.plan import Notice, NoticeKind
from mailgateway.render.branding import with_logo
from mailgateway.render.notices import Renderer
from mailgateway.render.samples.notices import samples
from mailgateway.share import share
from mailgateway.store.tickets import shown as tickets

_NO_KEY = bytes(32)
"""Signs the id of the logo in what is only looked at."""

app = group("The mails that are sent, and how they look.")


@app.callback()
def templates() -> None:
    """The mails that are sent, and how they look."""


@app.command()
def preview(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which mail, such as acknowledgement.")],
    *,
    number: Annotated[
        int | None, typer.Option("--ticket", metavar="N", help="A ticket to write about, instead of a sample.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="Such as en; by default the ticket's.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the HTML here, to be opened in a browser.")
    ] = None,
) -> None:
    """Show a mail as it would be written. Nothing is sent."""
    notice = _sample(name, language or "en")
    if number is not None:
        notice = _about(ctx, notice, number, language)
    settings = load(invocation(ctx).config, tested=False)
    notice = with_brand(notice, policy(settings, (_NO_KEY,)))
    rendered = Renderer(settings.templates, share("templates")).render(notice)
    for defect in rendered.defects:
        complain(f"{defect} (so the shipped template was taken)")
    typer.echo(f"Subject: {rendered.subject}\n\n{rendered.text}", nl=False)
    if html is not None:
        _write(html, replace(rendered, html=with_logo(rendered.html, notice)))
    if rendered.defects:
        raise typer.Exit(1)


def _sample(name: str, language: str) -> Notice:
    kinds = {kind.value: kind for kind in NoticeKind}
    if name not in kinds:
        near = get_close_matches(name, kinds, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(kinds)}"
        raise wrong_usage(f"no mail is called {name!r}; {hint}")
    return next(samples(kinds[name], language))


def _about(ctx: typer.Context, notice: Notice, number: int, language: str | None) -> Notice:
    """Return a sample with a real ticket and the text that it began with."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        sheet = tickets.shown(tx, number)
        opening = tickets.opening(tx, number)
    if sheet is None:
        raise no_ticket(number)
    if notice.ticket is None:
        return notice
    article = replace(notice.article, text=opening.text, html=opening.html) if notice.article and opening else None
    return replace(notice, ticket=sheet.ticket, article=article, language=language or sheet.ticket.language)


def _write(file: Path, rendered: Rendered) -> None:
    if rendered.html is None:
        complain("this mail has no HTML in this language")
        raise typer.Exit(1)
    try:
        file.write_text(rendered.html, "utf-8")
    except OSError as error:
        raise wrong_usage(f"{file}: cannot be written: {error.strerror}") from None
