"""The values of a mail's fields, each read, and brought into each form, once and only when a rule asks."""

from collections.abc import Callable

from mailgateway.rules.fields import find_field
from mailgateway.rules.schema import Question


class Values:
    """What rules see of one mail. A field that has no value, or an empty one, gives nothing."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._written: dict[str, tuple[str, ...]] = {}
        self._viewed: dict[tuple[str, Callable[[str], str]], tuple[str, ...]] = {}

    def written(self, name: str) -> tuple[str, ...]:
        """Return the values of a field as the mail has them."""
        if name not in self._written:
            field = find_field(name)
            values = field.read(self._question) if field is not None else ()
            self._written[name] = tuple(value for value in values if value)
        return self._written[name]

    def viewed(self, name: str, view: Callable[[str], str]) -> tuple[str, ...]:
        """Return the values of a field in the form that `view` gives them."""
        if (name, view) not in self._viewed:
            self._viewed[name, view] = tuple(view(value) for value in self.written(name))
        return self._viewed[name, view]
