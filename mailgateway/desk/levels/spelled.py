"""Values of service levels written down, in the same words in every process."""

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass

from mailgateway.desk.levels.calendar import no_holidays


def spelled(value: object) -> str:
    """Return words that are the same for equal values, and others for others; sets have no order of their own."""
    if value is no_holidays:
        return "none"
    if is_dataclass(value):
        counted = (one for one in fields(value) if one.compare)
        return f"({', '.join(f'{one.name}={spelled(getattr(value, one.name))}' for one in counted)})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{spelled(key)}: {spelled(one)}' for key, one in value.items()))}}}"
    if isinstance(value, tuple | list | Set):
        words = [spelled(one) for one in value]
        return f"[{', '.join(sorted(words) if isinstance(value, Set) else words)}]"
    return repr(value)
