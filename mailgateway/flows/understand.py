"""From raw bytes to what a mail is: parse, classify, take quotations off, and look for what names a ticket."""

from dataclasses import replace

from mailgateway.desk import backfill
from mailgateway.desk.agents.read_orders import tickets_named
from mailgateway.desk.decide import Incoming
from mailgateway.desk.facts import ThreadKeys
from mailgateway.desk.policy import Policy
from mailgateway.desk.threads.about import about_its_letter
from mailgateway.desk.threads.naming import keys
from mailgateway.desk.threads.trust import claimed_agent
from mailgateway.errors import PoisonMessage
from mailgateway.mail.anyhow import read_anyhow
from mailgateway.mail.content.pictures import with_names, without_ours
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Kind, Reply, Verdict
from mailgateway.mail.parse import looks_like_mail, parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.store.incoming.spool import Spooled


def understand(spooled: Spooled, policy: Policy) -> Incoming:
    """Make a mail of bytes, with its verdict and what it says of its ticket; raises PoisonMessage for what is none."""
    if spooled.as_is:
        return _as_is(spooled, policy)
    problem = looks_like_mail(spooled.raw)
    if problem is not None:
        raise PoisonMessage("parse", problem)
    mail = without_ours(parse(spooled.raw, policy.reading), policy.reply_keys, policy.logos)
    verdict = about_its_letter(mail, classify(mail, OwnMarks(policy.domain, policy.own_addresses)), policy)
    if spooled.backfill:
        verdict = replace(verdict, answerable=False, reasons=(*verdict.reasons, backfill.SILENT))
    is_agents = claimed_agent(mail, policy) is not None
    mail, pictures = with_names(mail) if is_agents else (mail, {})
    reply = split_reply(mail, pictures)
    ordered = tickets_named(reply.text) if is_agents else ()
    return Incoming(
        mail=mail,
        reply=reply,
        verdict=verdict,
        keys=replace(keys(mail, verdict, policy, spooled.mailbox), ordered=ordered),
        mailbox=spooled.mailbox,
        too_large=spooled.size if spooled.headers_only else 0,
        released=spooled.released,
        sha256=spooled.sha256,
        size=len(spooled.raw),
        decided_by=spooled.decided_by,
        set_aside_for=spooled.error,
        backfill=spooled.backfill,
    )


def _as_is(spooled: Spooled, policy: Policy) -> Incoming:
    """Make a mail of whatever bytes there are; nothing in it is believed to name a ticket, and nobody is answered."""
    mail = read_anyhow(spooled.raw, policy.reading)
    return Incoming(
        mail=mail,
        reply=Reply(mail.text, quoted=False),
        verdict=Verdict(Kind.NORMAL, ("it was opened out of quarantine",), answerable=False),
        keys=ThreadKeys(),
        mailbox=spooled.mailbox,
        released=True,
        sha256=spooled.sha256,
        size=len(spooled.raw),
        as_is=True,
        decided_by=spooled.decided_by,
        set_aside_for=spooled.error,
        backfill=spooled.backfill,
    )
