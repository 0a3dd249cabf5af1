"""How far the From field is believed when somebody claims to be an agent.

Evidence is a reply address signed for that agent, or a DMARC pass in an Authentication-Results field (RFC 8601) written
by a server of ours. Only the topmost field with a trusted authserv-id counts: our border server writes above what
the sender may have written. Where it also states that an ARC chain is whole, the pass may be what a trusted sealer saw
before a forwarder or a list changed the mail.
"""

from mailgateway.desk.model import Agent
from mailgateway.desk.policy import AgentEvidence, Policy
from mailgateway.desk.threads.arc import read_chain, vouches_for
from mailgateway.desk.threads.authentication import Authentication, read_authentication
from mailgateway.desk.threads.thread import Thread
from mailgateway.mail.model import Headers, Mail
from mailgateway.mail.wire.addresses import read_addresses

TOKEN, DMARC, ARC = "token", "dmarc", "arc"


def proven_agent(mail: Mail, thread: Thread | None, policy: Policy) -> Agent | None:
    """Return the agent who wrote a mail, or None where nobody claims it or the claim lacks the evidence asked for.

    Who answers a mail that they got as somebody who takes part in the ticket does not act as an agent, evidence or not.
    """
    agent = claimed_agent(mail, policy)
    if agent is None or mail.sender is None or (thread is not None and _speaks_as_participant(mail, thread)):
        return None
    return agent if is_proven(mail, policy, token=thread is not None and agent in thread.agents) else None


def is_proven(mail: Mail, policy: Policy, *, token: bool) -> bool:
    """Tell whether the From of a mail is proven; `token`: it came to a reply address signed for that very person."""
    dmarc = any(proof != TOKEN for proof in proofs(mail, policy, token=token))
    enough = {
        AgentEvidence.TOKEN: token,
        AgentEvidence.DMARC: dmarc,
        AgentEvidence.TOKEN_OR_DMARC: token or dmarc,
        AgentEvidence.TOKEN_AND_DMARC: token and dmarc,
    }
    return enough[policy.evidence]


def claimed_agent(mail: Mail, policy: Policy) -> Agent | None:
    """Return the agent whose address stands in From, proven or not."""
    agent = policy.directory.agent_at(mail.sender.address) if mail.sender else None
    if agent is None or mail.sender is None:
        return None
    return agent if any(is_same_mailbox(mail.sender.address, one) for one in (agent.address, *agent.aliases)) else None


def is_same_mailbox(one: str, other: str) -> bool:
    """Tell whether two addresses are the same but for capitals; to fold case would make two domains of IDNA 2008 one.

    `straße.example` and `strasse.example` may belong to two owners (RFC 5894 section 7.2).
    """
    return one.lower() == other.lower()


def proofs(mail: Mail, policy: Policy, *, token: bool) -> tuple[str, ...]:
    """Name what speaks for the From of a mail: `token`, as in `is_proven`, and `dmarc` or `arc`, by where it passed."""
    domain = _domain_of(mail)
    stated = _passed_at(mail.headers, domain, policy) if _has_one_sender(mail.headers) else ""
    return tuple(filter(None, (TOKEN if token else "", stated)))


def _passed_at(headers: Headers, domain: str, policy: Policy) -> str:
    """Return where DMARC passed for exactly this From domain: DMARC at a server of ours, ARC at a sealer we believe."""
    ours = _our_word(headers, policy.trusted_authserv)
    if ours is None:
        return ""
    if ours.passes_dmarc(domain):
        return DMARC
    is_whole = bool(policy.trusted_arc_sealers) and ours.passes("arc")
    return ARC if is_whole and vouches_for(read_chain(headers), domain, policy.trusted_arc_sealers) else ""


def results(mail: Mail, trusted: tuple[str, ...]) -> dict[str, str]:
    """Return what the topmost trusted server found of SPF, DKIM and DMARC; nothing where none is trusted.

    Of several results of a method a pass counts first; a DMARC pass counts for the domain in From alone.
    """
    found = _our_word(mail.headers, trusted)
    if found is None:
        return {}
    domain = _domain_of(mail)
    stated = {method: _best(found, method) for method in ("spf", "dkim", "dmarc")}
    if stated["dmarc"] == "pass" and not (_has_one_sender(mail.headers) and found.passes_dmarc(domain)):
        stated["dmarc"] = ""
    return {method: value for method, value in stated.items() if value}


def _our_word(headers: Headers, trusted: tuple[str, ...]) -> Authentication | None:
    """Return what the topmost trusted server says.

    Below a field that cannot be read nothing counts: it may be ours, spoilt by something that the sender chose.
    """
    wanted = {name.lower() for name in trusted}
    for field in headers.all("Authentication-Results"):
        found = read_authentication(field)
        if found is None or found.authserv in wanted:
            return found
    return None


def _domain_of(mail: Mail) -> str:
    """Return the domain in From in small letters, as a server states it: not folded as for looking it up."""
    return mail.sender.address.rpartition("@")[2].lower() if mail.sender else ""


def _best(authentication: Authentication, method: str) -> str:
    values = [result.value for result in authentication.results if result.method == method]
    return "pass" if "pass" in values else next(iter(values), "")


def _speaks_as_participant(mail: Mail, thread: Thread) -> bool:
    ticket = thread.candidate.ticket
    takes_part = mail.sender is not None and ticket.has_participant(mail.sender.address)
    return thread.as_participant or (takes_part and not thread.agents)


def _has_one_sender(headers: Headers) -> bool:
    """DMARC (RFC 7489 section 6.6.1) judges one From domain: with none or several it is unclear whose pass it was."""
    fields = headers.all("From")
    return len(fields) == 1 and len(read_addresses(fields[0], most=2)) == 1
