"""One round at a mailbox: receive a batch, ingest it, settle it, until nothing new is there."""

from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.receive import Source, Suspects, receive, settle_outcomes
from mailgateway.imap.session import Session


def collect(session: Session, source: Source, desk: Desk, stop: Stop, suspects: Suspects) -> int:
    """Bring everything new in a mailbox to its outcome; return how many mails got one.

    `suspects` is kept from round to round and over reconnects.
    """
    done = _ingest_all(source, desk, stop)
    settle_outcomes(session, source, desk)
    for _ in receive(session, source, desk, suspects):
        done += _ingest_all(source, desk, stop)
        settle_outcomes(session, source, desk)
        if stop():
            break
    return done


def _ingest_all(source: Source, desk: Desk, stop: Stop) -> int:
    done = 0
    while batch := ingest_waiting(desk, source.mailbox, stop):
        done += batch
    return done
