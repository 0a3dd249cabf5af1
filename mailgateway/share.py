"""The files that are shipped beside the code: templates, the example configuration, systemd units."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def share(name: str) -> Path:
    """Return the shipped folder `name`: in an installation inside the package, in a checkout at its top."""
    installed = _PACKAGE / "_share" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
