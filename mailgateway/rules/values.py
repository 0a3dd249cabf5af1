"""The values of a mail's fields, each read, and brought into each form, once and only when a rule asks."""

from typing import Any

from mailgateway.rules.fields import Value, find_field
from mailgateway.rules.measures import Sort, number_shown
from mailgateway.rules.schema import Question, View
from mailgateway.rules.text import SHOWN, excerpt, plain


class Values:
    """What rules see of one mail. A field that has no value, or an empty one, gives nothing.

    `named` remembers which conditions with a name hold.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self.named: dict[str, bool] = {}
        self._written: dict[str, tuple[Value, ...]] = {}
        self._viewed: dict[tuple[str, View], tuple[Any, ...]] = {}

    def written(self, name: str) -> tuple[Value, ...]:
        """Return the values of a field as the mail has them."""
        found = self._written.get(name)
        if found is None:
            field = find_field(name)
            values = field.read(self._question) if field is not None else ()
            found = self._written[name] = tuple(value for value in values if value != "")
        return found

    def viewed(self, name: str, view: View) -> tuple[Any, ...]:
        """Return the values of a field in the form that `view` gives them."""
        found = self._viewed.get((name, view))
        if found is None:
            found = self._viewed[name, view] = tuple(view(value) for value in self.written(name))
        return found


def value_shown(name: str, value: Value, place: int = 0) -> str:
    """Return a value as a trace shows it: a number as one would write it, a text around `place`."""
    if isinstance(value, str):
        return excerpt(value if len(value) <= SHOWN else plain(value), place)
    field = find_field(name)
    return number_shown(value, field.sort if field is not None else Sort.COUNT)
