"""What assets.yaml may say: the things that tickets are about, and who looks after each."""

from collections.abc import Iterator

from pydantic import Field

from mailgateway.config.reading.document import Document
from mailgateway.config.reading.kinds import Line, Strict, Word
from mailgateway.desk.problems.assets import Asset, Assets, assets
from mailgateway.rules.findings import EntryPath


class AssetEntry(Strict):
    """A configuration item: a server, a printer, a program, whatever tickets are about."""

    name: Word = Field(description="what rules, commands, tickets and reports call it")
    display: Line | None = Field(default=None, description="its name for people; by default the name")
    group: Word | None = Field(default=None, description="looks after it: gets its tickets where no rule says which")
    service_level: Word | None = Field(
        default=None, description="a policy of service_levels.yaml, where neither a rule nor a contract names one"
    )
    aliases: tuple[Line, ...] = Field(default=(), description="other names of it, such as those of its hosts")
    location: Line | None = Field(default=None, description="where it stands")


class AssetsFile(Strict):
    """The configuration items that tickets are about."""

    assets: tuple[AssetEntry, ...] = Field(description="the configuration items, in any order")


def as_assets(file: AssetsFile) -> Assets:
    """Return the configuration items as the desk knows them."""
    return assets(
        Asset(
            name=one.name,
            display=one.display or one.name,
            group=one.group or "",
            service_level=one.service_level or "",
            aliases=one.aliases,
            location=one.location or "",
        )
        for one in file.assets
    )


def names_in(document: Document | None) -> tuple[str, ...] | None:
    """Return every name and alias, however wrong the rest of the file is; None where there are none."""
    data = document.data if document is not None else None
    listed = data.get("assets") if isinstance(data, dict) else None
    found: list[object] = []
    for entry in listed if isinstance(listed, list) else []:
        aliases = entry.get("aliases") if isinstance(entry, dict) else None
        found += [entry.get("name")] if isinstance(entry, dict) else []
        found += aliases if isinstance(aliases, list) else []
    return tuple(dict.fromkeys(name for name in found if isinstance(name, str))) or None


def called(file: AssetsFile) -> Iterator[tuple[EntryPath, str]]:
    """Give every name by which an item is found, with its place."""
    for number, one in enumerate(file.assets):
        yield ("assets", number, "name"), one.name
        for place, alias in enumerate(one.aliases):
            yield ("assets", number, "aliases", place), alias
