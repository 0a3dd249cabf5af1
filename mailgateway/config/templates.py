"""The operator's folder of templates -> the names that rules may choose from."""

from pathlib import Path


def chosen_by_rules(folder: Path | None) -> tuple[str, ...]:
    """Return the names of the folders in `rules/` there, each of which holds templates or words."""
    places = (folder / "rules").glob("*/") if folder is not None else ()
    return tuple(sorted(place.name for place in places))
