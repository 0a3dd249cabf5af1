"""The mail that carries a report."""

from collections.abc import Mapping

from mailgateway.desk.letters.notice_kind import NoticeKind
from mailgateway.desk.model import Article
from mailgateway.desk.plan import Audience, Automatic, Notice
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address


def report_notice(
    recipient: Address, language: str, values: Mapping[str, object], policy: Policy, article: Article | None = None
) -> Notice:
    """Tell somebody how the desk did; `article` carries pictures and lists."""
    mailbox = policy.mailboxes[0]
    return Notice(
        kind=NoticeKind.REPORT,
        audience=Audience.ADMIN,
        recipient=recipient,
        sender=Address(mailbox.display, mailbox.address),
        language=language,
        automatic=Automatic.GENERATED,
        article=article,
        values=values,
    )
