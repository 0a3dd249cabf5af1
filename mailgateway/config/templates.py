"""Folders of templates -> the names that rules may choose from, and the languages that there are words in."""

from pathlib import Path


def chosen_by_rules(folder: Path | None) -> tuple[str, ...]:
    """Return the names of the folders in `rules/` there, each of which holds templates or words."""
    places = (folder / "rules").glob("*/") if folder is not None else ()
    return tuple(sorted(place.name for place in places))


def languages(*folders: Path | None) -> frozenset[str]:
    """Return the languages that there are words in, in any of the folders."""
    return frozenset(
        path.parent.name for folder in folders if folder is not None for path in folder.glob("*/words.toml")
    )
