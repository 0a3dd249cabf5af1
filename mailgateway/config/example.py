"""Writing the shipped example configuration to where somebody wants to have their own."""

from pathlib import Path

from mailgateway.errors import ConfigError, Finding
from mailgateway.share import share

_SHIPPED = ("*.yaml", "schema/*.json", "knowledge/*.md")


def write_example(folder: Path) -> tuple[Path, ...]:
    """Copy the example into `folder`, which is made where it is missing, and return the files written.

    Raises ConfigError, and writes nothing, where a file of that name is already there or the folder cannot be written.
    """
    source = share("config")
    shipped = sorted(path.relative_to(source) for pattern in _SHIPPED for path in source.glob(pattern))
    targets = tuple(folder / path for path in shipped)
    findings = tuple(Finding(str(path), 0, 0, _ALREADY) for path in targets if path.exists())
    if findings:
        raise ConfigError(findings)
    try:
        for path, target in zip(shipped, targets, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                stream.write((source / path).read_bytes())
    except OSError as error:
        problem = f"the example cannot be written here: {error.strerror}"
        raise ConfigError((Finding(str(error.filename or folder), 0, 0, problem),)) from None
    return targets


_ALREADY = "the file is already there, and is not overwritten: name another folder, or move it away"
