"""One round at a mailbox: receive a batch, ingest it, settle it, until nothing new is there."""

from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.health.beats import beat_sparingly, fetching
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.receive import Source, Visit, first_sight, receive, receive_old
from mailgateway.flows.settling import Refused, settle_outcomes
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.session import Session


def collect(session: Session, source: Source, desk: Desk, stop: Stop, suspects: Suspects, refused: Refused) -> int:
    """Bring everything new in a mailbox to its outcome; return how many mails got one.

    Mails that lay there before its first sight come after those that are new, which are looked for between their
    batches too. `suspects` is kept from round to round and over reconnects, `refused` as long as the session.
    """
    visit = Visit(session, source, desk, suspects, first_sight(session, source, desk))
    done = _ingest_all(source, desk, stop)
    settle_outcomes(session, source, desk, refused)
    done += _new(visit, refused, stop)
    for _ in receive_old(visit):
        done += _ingest_all(source, desk, stop)
        settle_outcomes(session, source, desk, refused)
        if stop():
            break
        done += _new(visit, refused, stop)
        _give_sign(visit)
    return done


def _new(visit: Visit, refused: Refused, stop: Stop) -> int:
    done = 0
    for _ in receive(visit):
        done += _ingest_all(visit.source, visit.desk, stop)
        settle_outcomes(visit.session, visit.source, visit.desk, refused)
        _give_sign(visit)
        if stop():
            break
    return done


def _give_sign(visit: Visit) -> None:
    """Give a sign of life: a round may last for hours, of old mail or of what an outage left."""
    beat_sparingly(visit.desk, fetching(visit.source.mailbox), None)


def _ingest_all(source: Source, desk: Desk, stop: Stop) -> int:
    done = 0
    while batch := ingest_waiting(desk, source.mailbox, stop):
        done += batch
    return done
