"""How far the From field is believed when somebody claims to be an agent.

Evidence is a reply address signed for that agent, or a DMARC pass in an Authentication-Results field (RFC 8601) written
by a server of ours. Only the topmost field with a trusted authserv-id counts: our border server writes above what
the sender may have written.
"""

import re

from mailgateway.desk.model import Agent
from mailgateway.desk.policy import AgentEvidence, Policy
from mailgateway.desk.thread import Thread
from mailgateway.mail.model import Headers, Mail

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"dmarc\s*=\s*pass\b", re.ASCII | re.IGNORECASE)
_HEADER_FROM = re.compile(r"header\.from\s*=\s*\"?([^\s;\"]+)", re.ASCII | re.IGNORECASE)
_LONGEST = 4096


def proven_agent(mail: Mail, thread: Thread | None, policy: Policy) -> Agent | None:
    """Return the agent who wrote a mail, or None where nobody claims it or the claim lacks the evidence asked for."""
    agent = policy.directory.agent_at(mail.sender.address) if mail.sender else None
    if agent is None or mail.sender is None:
        return None
    token = thread is not None and thread.token_of is not None and thread.token_of.name == agent.name
    dmarc = has_dmarc_pass(mail.headers, mail.sender.domain, policy.trusted_authserv)
    enough = {
        AgentEvidence.TOKEN: token,
        AgentEvidence.DMARC: dmarc,
        AgentEvidence.TOKEN_OR_DMARC: token or dmarc,
        AgentEvidence.TOKEN_AND_DMARC: token and dmarc,
    }
    return agent if enough[policy.evidence] else None


def has_dmarc_pass(headers: Headers, domain: str, trusted: tuple[str, ...]) -> bool:
    """Tell whether a trusted server saw DMARC pass for exactly this From domain."""
    wanted = {name.casefold() for name in trusted}
    for field in headers.all("Authentication-Results"):
        authserv, _, results = _COMMENT.sub(" ", field[:_LONGEST]).partition(";")
        if authserv.strip().partition(" ")[0].casefold() in wanted:
            return any(_is_pass(result, domain) for result in results.split(";"))
    return False


def _is_pass(result: str, domain: str) -> bool:
    named = _HEADER_FROM.search(result)
    return _RESULT.match(result.strip()) is not None and named is not None and named[1].casefold() == domain
