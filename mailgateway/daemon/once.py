"""One round and out: every mailbox until it is empty, then every letter that is due."""

from collections.abc import Sequence

from mailgateway import log
from mailgateway.daemon.mailbox_worker import Post
from mailgateway.errors import GatewayError, LoginRefused, SmtpUnavailable
from mailgateway.flows.collect import collect
from mailgateway.flows.deliver import Sending, deliver_due, release_abandoned
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.receive import Suspects
from mailgateway.imap.session import Session
from mailgateway.smtp.pool import Pool
from mailgateway.store import health

_log = log.logger("once")


def run_once(posts: Sequence[Post], desk: Desk, pool: Pool, sending: Sending, stop: Stop) -> tuple[str, ...]:
    """Collect from every mailbox and send what is due; return what could not be done, a line for each."""
    problems = [problem for post in posts if (problem := _collect(post, desk, stop))]
    while ingest_waiting(desk, None, stop):
        pass
    release_abandoned(desk)
    try:
        if deliver_due(desk, pool, sending, stop):
            _beat(desk, "send", None)
    except (SmtpUnavailable, LoginRefused) as error:
        _beat(desk, "send", str(error))
        problems.append(f"sending: {error}")
    return tuple(problems)


def _collect(post: Post, desk: Desk, stop: Stop) -> str:
    mailbox = post.source.mailbox
    try:
        with Session.open(post.server, post.folder) as session:
            done = collect(session, post.source, desk, stop, Suspects())
    except GatewayError as error:
        _beat(desk, f"fetch:{mailbox}", str(error))
        return f"mailbox {mailbox}: {error}"
    _beat(desk, f"fetch:{mailbox}", None)
    _log.info("once.collected", mailbox=mailbox, mails=done)
    return ""


def _beat(desk: Desk, name: str, error: str | None) -> None:
    with desk.store.writing() as tx:
        health.beat(tx, name, desk.clock(), error)
