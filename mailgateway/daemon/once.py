"""One round and out: every mailbox until it is empty, then every letter and every call that is due."""

from collections.abc import Sequence
from contextlib import closing

from mailgateway import log
from mailgateway.daemon.attendant import Attendant
from mailgateway.daemon.caller import Line
from mailgateway.daemon.mailbox_worker import Post
from mailgateway.daemon.sender import Outlet
from mailgateway.errors import GatewayError, MailboxUnavailable
from mailgateway.flows.collect import collect
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.health.beats import beat, fetching
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.sending.call import call_due
from mailgateway.flows.sending.deliver import deliver_due
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.settling import Refused
from mailgateway.flows.suspects import Suspects
from mailgateway.flows.timed.inform import inform_incidents
from mailgateway.flows.timed.issue import issue_due
from mailgateway.imap.session import Session
from mailgateway.store.outgoing import calls

_log = log.logger("once")


def run_once(posts: Sequence[Post], outlets: Sequence[Outlet], desk: Desk, stop: Stop) -> tuple[str, ...]:
    """Collect from every mailbox and send what is due; return what could not be done, a line for each."""
    problems = [problem for post in posts if (problem := _collect(post, desk, stop))]
    while ingest_waiting(desk, None, stop):
        pass
    Attendant(desk).look(stop)
    inform_incidents(desk, stop)
    issue_due(desk, stop)
    problems += [problem for outlet in outlets if (problem := _deliver(outlet, desk, stop))]
    return tuple(problems)


def _collect(post: Post, desk: Desk, stop: Stop) -> str:
    mailbox = post.source.mailbox
    try:
        done = _collect_despite_suspects(post, desk, stop)
    except GatewayError as error:
        beat(desk, fetching(mailbox), str(error))
        return f"mailbox {mailbox}: {error}"
    beat(desk, fetching(mailbox), None)
    _log.info("once.collected", mailbox=mailbox, mails=done)
    return ""


def _collect_despite_suspects(post: Post, desk: Desk, stop: Stop) -> int:
    """Collect, and connect again as often as the connection breaks under a mail: one of them may always break it."""
    suspects = Suspects()
    while True:
        before = suspects.total
        try:
            with Session.open(post.server, post.folder) as session:
                return collect(session, post.source, desk, stop, suspects, Refused())
        except MailboxUnavailable:
            if suspects.total <= before or stop():
                raise


def _deliver(outlet: Outlet, desk: Desk, stop: Stop) -> str:
    try:
        with closing(outlet.pool()) as pool:
            deliver_due(desk, pool, outlet.sending, InHand(), stop)
    except GatewayError as error:
        beat(desk, outlet.name, str(error))
        mailbox = outlet.sending.route.mailbox
        return f"sending{f' from mailbox {mailbox}' if mailbox else ''}: {error}"
    return ""


def call_webhooks(lines: Sequence[Line], desk: Desk, stop: Stop) -> tuple[str, ...]:
    """Make the calls that are due; return what could not be done, a line for each webhook."""
    problems = []
    for line in lines:
        try:
            call_due(desk, line.endpoint, line.how, InHand(calls), stop)
        except GatewayError as error:
            beat(desk, line.name, str(error))
            problems.append(str(error))
    return tuple(problems)
