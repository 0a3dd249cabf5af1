"""An agent forwards a mail to the desk: the ticket is of who wrote it, and the agent's own words stay inside."""

from dataclasses import dataclass, replace

from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import Agent, Article, ArticleKind
from mailgateway.desk.plan import AddArticle, Change, NameBy, Notice, RecordEvent
from mailgateway.desk.policy import AgentForwards, Policy
from mailgateway.desk.threads.trust import proven_agent
from mailgateway.mail.model import Address
from mailgateway.mail.written.forward import is_forward


@dataclass(frozen=True, slots=True)
class Brought:
    """A forwarded mail: who wrote it, which agent passes it on, with what words of their own."""

    author: Address
    agent: Agent
    comment: str
    text: str

    def article(self, whole: Article) -> Article:
        """Return the entry of the mail that was forwarded; `whole` is that of the mail that forwards it."""
        flags = (*whole.flags, "forwarded_by_agent")
        return replace(
            whole, sender=self.author, text=self.text, full_text=self.text, html=None, message_id=None, flags=flags
        )

    def changes(self, whole: Article) -> tuple[Change, ...]:
        """Return what the ticket gets: the mail, the agent's words as a note, and who passed it on."""
        sender = Address(self.agent.display, self.agent.address)
        note = replace(
            whole, kind=ArticleKind.NOTE, sender=sender, text=self.comment, html=None, message_id=None, attachments=()
        )
        return (
            AddArticle(self.article(whole)),
            *((AddArticle(note),) if self.comment else ()),
            *((NameBy((whole.message_id,)),) if whole.message_id else ()),
            RecordEvent("passed_on", {"agent": self.agent.name, "author": self.author.address}),
        )

    def receipt(self, receipt: Notice) -> Notice:
        """Return the acknowledgement to who wrote the mail, with nothing of the agent's in it."""
        return replace(
            receipt, article=None, in_reply_to="", references=(), values={**receipt.values, "passed_on": True}
        )


def read_brought(incoming: Incoming, policy: Policy) -> Brought | None:
    """Return what an agent passes on, None where the mail does not, or nothing proves that the agent wrote it."""
    author = incoming.mail.forwarded_from
    if author is None or incoming.verdict.is_machine or policy.conversation.agent_forwards is AgentForwards.OWN:
        return None
    if "@" not in author.address or policy.is_internal(author.address):
        return None
    agent = proven_agent(incoming.mail, None, policy)
    if agent is None or not is_forward(incoming.mail, incoming.reply):
        return None
    text, forwarded = incoming.reply.text, incoming.reply.forwarded
    comment = text[: len(text) - len(forwarded)].strip() if forwarded else ""
    return Brought(author, agent, comment, forwarded or text)
