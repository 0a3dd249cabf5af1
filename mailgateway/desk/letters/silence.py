"""What the customers of a ticket are not told of."""

from dataclasses import dataclass

from mailgateway.desk.model import News


@dataclass(frozen=True, slots=True)
class Silence:
    """Tell its customers no more of these; `after` is all that they are not told of."""

    before: tuple[News, ...]
    after: tuple[News, ...]
