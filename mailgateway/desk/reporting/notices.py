"""The mails that carry reports and digests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailgateway.desk.model import Article, ArticleKind, Direction, StoredFile
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting.copies import Copy
from mailgateway.desk.reporting.subscription import About, Content
from mailgateway.desk.threads.thread import bound_to_agent, for_notes
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.tokens import reply_address


def report_notice(
    recipient: Address, language: str, values: Mapping[str, object], policy: Policy, article: Article | None = None
) -> Notice:
    """Tell somebody who works here how the desk did; `article` carries pictures and lists."""
    mailbox = policy.mailboxes[0]
    return Notice(
        kind=NoticeKind.REPORT,
        audience=Audience.MANAGEMENT,
        recipient=recipient,
        sender=Address(mailbox.display, mailbox.address),
        language=language,
        automatic=Automatic.GENERATED,
        article=article,
        values=values,
    )


def copy_notices(
    copy: Copy, values: Mapping[str, object], policy: Policy, article: Article | None = None
) -> tuple[Notice, ...]:
    """Give a copy of a report or digest to each of its readers."""
    told = {**values, "timezone": str(copy.zone)}
    first = report_notice(copy.readers[0], copy.language, told, policy, article)
    if copy.of.content is Content.DIGEST:
        first = replace(first, kind=NoticeKind.DIGEST)
    elif copy.of.about is About.ORGANISATIONS:
        named = {**told, "organisation": copy.display}
        first = replace(first, kind=NoticeKind.CUSTOMER_REPORT, audience=Audience.CUSTOMER, values=named)
    return tuple(replace(first, recipient=reader) for reader in copy.readers)


def carrier(policy: Policy, at: datetime, files: tuple[StoredFile, ...]) -> Article:
    """Return what the files of a report hang on."""
    mailbox = policy.mailboxes[0]
    sender = Address(mailbox.display, mailbox.address)
    return Article(ArticleKind.PUBLIC, Direction.OUT, sender, at, "", attachments=files)


def ticket_addresses(agent_name: str, numbers: tuple[int, ...], policy: Policy) -> dict[int, str]:
    """Return the address of each ticket that is signed for an agent: what they write there is a note, or commands."""
    agent = policy.directory.agent(agent_name)
    if agent is None:
        return {}
    base, key, bound_to = policy.mailboxes[0].address, policy.reply_keys[0], for_notes(bound_to_agent(agent))
    return {number: reply_address(base, key, number, bound_to) for number in numbers}
