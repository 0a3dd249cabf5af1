"""Which files the desk takes: by what they are, and by how large they are."""

from dataclasses import dataclass
from enum import StrEnum

PROGRAMS = "programs"
"""The word that stands for everything that a computer starts when somebody opens it."""

PROGRAM_ENDINGS = frozenset(
    {
        "apk",
        "appinstaller",
        "application",
        "appref-ms",
        "appx",
        "appxbundle",
        "bat",
        "chm",
        "cmd",
        "com",
        "cpl",
        "dll",
        "exe",
        "gadget",
        "hlp",
        "hta",
        "inf",
        "ins",
        "jar",
        "jnlp",
        "js",
        "jse",
        "lnk",
        "mjs",
        "msc",
        "msh",
        "msi",
        "msix",
        "msixbundle",
        "msp",
        "mst",
        "ocx",
        "pif",
        "ps1",
        "ps1xml",
        "ps2",
        "psc1",
        "reg",
        "scf",
        "scr",
        "sct",
        "settingcontent-ms",
        "shb",
        "shs",
        "sys",
        "url",
        "vb",
        "vbe",
        "vbs",
        "vxd",
        "website",
        "ws",
        "wsc",
        "wsf",
        "wsh",
        "xbap",
        "xll",
    }
)
"""What Windows, and the machines beside it, run or install at a double click. No scripts that need a shell first."""

PROGRAM_TYPES = frozenset(
    {
        "application/hta",
        "application/java-archive",
        "application/vnd.microsoft.portable-executable",
        "application/x-dosexec",
        "application/x-executable",
        "application/x-java-archive",
        "application/x-mach-binary",
        "application/x-ms-dos-executable",
        "application/x-ms-installer",
        "application/x-ms-shortcut",
        "application/x-msdos-program",
        "application/x-msdownload",
        "application/x-msi",
        "text/vbscript",
    }
)


class Refusal(StrEnum):
    """Why a file is not kept: what it is, its size, the size of all, what a scanner found, or that none could look."""

    TYPE = "type"
    SIZE = "size"
    TOTAL = "total"
    INFECTED = "infected"
    UNSCANNED = "unscanned"

    def about(self, detail: str = "") -> str:
        """Return the refusal with what was found, as a file carries it."""
        return f"{self.value} {detail}".rstrip()


@dataclass(frozen=True, slots=True)
class FilePolicy:
    """Endings (without dot) and media types that are refused, and how large one file, and all of a mail, may be.

    A media type may end in `/*`. Sizes are octets of the decoded files; None: as large as the mail may be.
    """

    endings: frozenset[str] = PROGRAM_ENDINGS
    types: frozenset[str] = PROGRAM_TYPES
    file_size: int | None = None
    mail_size: int | None = None
    is_scanned: bool = False
    """Whether nothing is kept that a virus scanner has not seen."""

    def refuses_ending(self, ending: str) -> bool:
        """Tell whether files of this ending (lower case, without dot) are refused."""
        return ending in self.endings

    def refuses_type(self, content_type: str) -> bool:
        """Tell whether files of this media type are refused."""
        plain = content_type.casefold()
        return plain in self.types or f"{plain.partition('/')[0]}/*" in self.types

    @property
    def looks_inside(self) -> bool:
        """Tell whether the names of files within files matter."""
        return bool(self.endings)


NOTHING = FilePolicy(endings=frozenset(), types=frozenset())
"""Refuses nothing."""


def policy_of(
    refused: tuple[str, ...], file_size: int | None, mail_size: int | None, *, is_scanned: bool
) -> FilePolicy:
    """Return the policy for a list of endings, media types and the word `programs`."""
    endings = {one for one in refused if "/" not in one and one != PROGRAMS}
    types = {one for one in refused if "/" in one}
    if PROGRAMS in refused:
        endings |= PROGRAM_ENDINGS
        types |= PROGRAM_TYPES
    return FilePolicy(frozenset(endings), frozenset(types), file_size, mail_size, is_scanned)
