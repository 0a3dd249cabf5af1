"""What gateway.yaml may say of agents' mails: what proves them, and what their answers do by themselves."""

from typing import Annotated

from pydantic import Field

from mailgateway.config.reading.kinds import Domain, Line, Strict, Truth
from mailgateway.desk.agents.policy import AgentPolicy, Collision, Receipts, ReplyTo
from mailgateway.desk.policy import AgentEvidence, AgentForwards

_Count = Annotated[int, Field(strict=True, ge=1, le=10_000)]
_USUAL = AgentPolicy()


class Agents(Strict):
    """What proves that a mail is an agent's, and what their answers do by themselves."""

    evidence: AgentEvidence = Field(
        default=AgentEvidence.TOKEN_OR_DMARC,
        description="token: the signed reply address; dmarc: a pass stated by a trusted server; either, or both",
    )
    trusted_authserv: tuple[Line, ...] = Field(
        default=(), description="the names with which your own servers sign Authentication-Results (RFC 8601)"
    )
    trusted_arc_sealers: tuple[Domain, ...] = Field(
        default=(), description="the domains of forwarders and lists whose word on DMARC counts by their ARC seal"
    )
    forwards: AgentForwards = Field(
        default=AgentForwards.ACKNOWLEDGE,
        description="a mail that an agent forwards is of its writer, told (acknowledge) or not (silent); own: not",
    )
    reply_to: ReplyTo = Field(
        default=_USUAL.reply_to, description="who gets an agent's answer: all who take part, or the requester alone"
    )
    receipts: Receipts = Field(
        default=_USUAL.receipts,
        description="agents are told what their mail did: always, where it did more than answer (changes), never",
    )
    collision: Collision = Field(
        default=_USUAL.collision,
        description="what they answer to an outdated state: held and asked about, sent and told of (tell), just sent",
    )
    own_on_reply: Truth = Field(
        default=_USUAL.own_on_reply, description="who answers a ticket that nobody has becomes its assignee"
    )
    reopen_on_answer: Truth = Field(
        default=_USUAL.reopen_on_answer, description="an answer opens a ticket that was solved or closed"
    )
    mails_per_hour: _Count = Field(
        default=_USUAL.mails_per_hour, description="what one agent is told of their own mails within an hour, at most"
    )

    def as_policy(self) -> AgentPolicy:
        """Return what the core decides by."""
        return AgentPolicy(
            reply_to=self.reply_to,
            receipts=self.receipts,
            collision=self.collision,
            own_on_reply=self.own_on_reply,
            reopen_on_answer=self.reopen_on_answer,
            mails_per_hour=self.mails_per_hour,
        )
