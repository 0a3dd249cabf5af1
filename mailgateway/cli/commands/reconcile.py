"""`mailgateway reconcile`: the proof that no mail was lost."""

from collections import Counter

import typer

from mailgateway.app import Gateway
from mailgateway.cli.apps import single
from mailgateway.cli.lines import complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.options import AsJson
from mailgateway.daemon.mailbox_worker import Post
from mailgateway.errors import MailboxUnavailable, PermanentError, TransientError
from mailgateway.flows.reconcile import Line
from mailgateway.flows.reconcile import reconcile as reconciled
from mailgateway.imap.session import Session

app = single()


@app.command()
def reconcile(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """Put every mail beside its one outcome. Leaves with 1 where one has none."""
    all_well = True
    with opened(ctx) as gateway:
        for post in gateway.posts():
            try:
                all_well = _mailbox(gateway, post, as_objects=as_objects) and all_well
            except (MailboxUnavailable, TransientError, PermanentError) as error:
                complain(f"mailbox {post.source.mailbox}: {error}")
                all_well = False
    if not all_well:
        raise typer.Exit(1)


def _mailbox(gateway: Gateway, post: Post, *, as_objects: bool) -> bool:
    counted: Counter[str] = Counter()
    lost = 0
    with Session.open(post.server, post.folder) as session:
        for line in reconciled(session, post.source.mailbox, gateway.store):
            counted[line.outcome] += 1
            lost += not line.has_outcome
            if as_objects:
                say_json(_as_json(line))
            elif not line.has_outcome:
                say(f"{line.mailbox}  UIDVALIDITY {line.uidvalidity}  UID {line.uid}: {line.outcome}")
    if not as_objects:
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counted.items()))
        say(f"mailbox {post.source.mailbox}: {counted.total()} mails{': ' if outcomes else ''}{outcomes}")
        say(f"  {lost} without an outcome" if lost else "  every one has its outcome")
    return not lost


def _as_json(line: Line) -> dict[str, object]:
    return {
        "mailbox": line.mailbox,
        "uidvalidity": line.uidvalidity,
        "uid": line.uid,
        "on_server": line.on_server,
        "outcome": line.outcome,
        "ticket": line.ticket,
        "settled": line.settled,
    }
