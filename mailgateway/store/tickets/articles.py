"""An article becomes rows: itself, its files, and the Message-ID by which mails may name its ticket."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select

from mailgateway.desk.model import Article, Direction, StoredFile
from mailgateway.errors import StoreBusy
from mailgateway.store import loose
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.tickets import ArticleRow, AttachmentRow

_ADD_ARTICLE = insert(ArticleRow).returning(ArticleRow.id)
_ADD_FILES = insert(AttachmentRow)
_AUTHOR = (
    select(ArticleRow.sender_address)
    .where(
        ArticleRow.ticket == bindparam("number"),
        ArticleRow.at == bindparam("sent_at"),
        ArticleRow.direction == Direction.OUT,
    )
    .limit(1)
)


def add_article(tx: Transaction, ticket: int, spool_id: int | None, article: Article) -> int:
    """Add an entry to a ticket, with its files; return its id. `spool_id` is the mail that it came with.

    Raises StoreBusy where a file was removed since it was put: put again, it stays.
    """
    if loose.hold(tx, [file.sha256 for file in article.attachments if file.sha256]):
        raise StoreBusy("a file of an article was removed meanwhile")
    article_id: int = tx.connection.execute(
        _ADD_ARTICLE,
        {
            "ticket": ticket,
            "spool_id": spool_id,
            "kind": article.kind,
            "direction": article.direction,
            "sender_name": article.sender.name,
            "sender_address": article.sender.address,
            "at": article.at,
            "text": article.text,
            "full_text": article.full_text,
            "html": article.html,
            "message_id": article.message_id,
            "mail_kind": article.mail_kind,
            "flags": list(article.flags),
        },
    ).scalar_one()
    if article.attachments:
        tx.connection.execute(_ADD_FILES, [_file(article_id, file) for file in article.attachments])
    return article_id


def author_of(tx: Transaction, ticket: int, at: datetime) -> str:
    """Return the address of who wrote what went out at this moment, "" where nobody did."""
    return tx.connection.execute(_AUTHOR, {"number": ticket, "sent_at": at}).scalar() or ""


def _file(article_id: int, file: StoredFile) -> dict[str, object]:
    return {
        "article": article_id,
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "inline": file.inline,
        "content_id": file.content_id,
        "refused": file.refused,
    }
