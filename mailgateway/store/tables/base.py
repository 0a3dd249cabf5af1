"""What every table is made of: the base class, the types of columns, and the names of constraints."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Identity, Integer, LargeBinary, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import ArticleKind, Direction, LinkKind, Priority, Status, TicketType
from mailgateway.desk.plan import Disposition
from mailgateway.store.tables.columns import Instant, Word, Wording


class SpoolState(StrEnum):
    """Where an accepted mail stands; rows are kept when it is done."""

    WAITING = "waiting"
    FINISHED = "finished"
    QUARANTINED = "quarantined"


WHOLE = BigInteger().with_variant(Integer(), "sqlite")
Key = Annotated[int, mapped_column(WHOLE, Identity(), primary_key=True)]
TicketNumber = Annotated[int, mapped_column(WHOLE, ForeignKey("tickets.number"))]


class Base(DeclarativeBase):
    """The tables, with names for every constraint so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - declared by SQLAlchemy as an instance's
        bool: Boolean(),
        bytes: LargeBinary(),
        datetime: Instant(),
        dict[str, Any]: JSON(),
        int: WHOLE,
        list[str]: JSON(),
        str: Wording(),
        ArticleKind: Word(ArticleKind),
        DeliveryState: Word(DeliveryState),
        Direction: Word(Direction),
        Disposition: Word(Disposition),
        LinkKind: Word(LinkKind),
        Priority: Word(Priority),
        SpoolState: Word(SpoolState),
        Status: Word(Status),
        Target: Word(Target),
        TicketType: Word(TicketType),
    }


def only_where(condition: str) -> dict[str, Any]:
    """Keep in an index only the rows for which the condition holds."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Outbound:
    """What waits to go out: where it stands, when it is due, who has it in hand, what was said of it last."""

    ticket: Mapped[int | None] = mapped_column(WHOLE, ForeignKey("tickets.number"))
    message_id: Mapped[str]
    state: Mapped[DeliveryState]
    attempts: Mapped[int]
    uncertain: Mapped[bool]
    created_at: Mapped[datetime]
    first_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    answer: Mapped[str]
    ended_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
