"""Secrets: where they are to be found. They are read when they are needed, never before, and never shown."""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailgateway.errors import ConfigError, Finding

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd tells a service where its credentials are."""

_MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that is kept elsewhere: `source` is env, file or credential; `place` is where the configuration says so.

    A relative file is looked for beside the configuration file. Two secrets are equal wherever they stand, so that a
    line added above changes no account.
    """

    source: str
    name: str
    place: tuple[str, int, int] = field(compare=False)

    def read(self) -> str:
        """Return the secret as it is now; raises ConfigError where there is none."""
        try:
            secret = SOURCES[self.source](self)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise self._missing(f"the {self.source} {self.name} cannot be read: {reason}") from None
        if not secret:
            raise self._missing(f"the {self.source} {self.name} is empty: put the secret into it")
        return secret

    def is_exposed(self) -> bool:
        """Tell whether it is a file that every user of this host may read."""
        try:
            return self.source == "file" and bool(_path(self).stat().st_mode & stat.S_IROTH)
        except OSError:
            return False

    def exposed(self) -> Finding:
        """Return what is wrong with such a file, and what would mend it."""
        return Finding(*self.place, f"everybody on this host may read {_path(self)}: run `chmod o= {_path(self)}`")

    def _missing(self, problem: str) -> ConfigError:
        return ConfigError((Finding(*self.place, problem),))


def _from_environment(secret: Secret) -> str:
    value = os.environ.get(secret.name)
    if value is None:
        problem = f"the environment variable {secret.name} is not set: set it before the program starts"
        raise ConfigError((Finding(*secret.place, problem),))
    return value


def _from_file(secret: Secret) -> str:
    return _content(_path(secret))


def _path(secret: Secret) -> Path:
    return Path(secret.place[0]).parent / Path(secret.name).expanduser()


def _from_credential(secret: Secret) -> str:
    folder = os.environ.get(CREDENTIALS)
    if folder is None:
        problem = (
            f"there are no credentials here (${CREDENTIALS} is not set): start the program as a systemd service with "
            f"LoadCredential={secret.name}:FILE, or write {{file: PATH}}"
        )
        raise ConfigError((Finding(*secret.place, problem),))
    return _content(Path(folder) / secret.name)


def _content(path: Path) -> str:
    """Return the text of a file without the line end that editors put behind it."""
    with path.open("rb") as stream:
        return stream.read(_MOST_BYTES).decode("utf-8").rstrip("\r\n")


SOURCES: Mapping[str, Callable[[Secret], str]] = {
    "env": _from_environment,
    "file": _from_file,
    "credential": _from_credential,
}
