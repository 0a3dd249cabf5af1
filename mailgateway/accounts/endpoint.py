"""A webhook as settings: where calls go, what signs them, how long to wait."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from mailgateway.errors import PermanentError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the calls of one webhook go. `secret` is asked anew for every call; `timeout` is for a call as a whole.

    `ca_file` names a PEM file of the authorities to trust instead of the system's. `retry_for` is how long a call is
    tried.
    """

    name: str
    url: str = field(repr=False)
    host: str
    secret: Callable[[], str] = field(repr=False, compare=False)
    timeout: timedelta
    retry_for: timedelta
    ca_file: str | None = None

    def tls(self) -> ssl.SSLContext:
        """Return a context that verifies certificate and host name and speaks TLS 1.2 or later.

        Raises PermanentError where `ca_file` cannot be used.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise PermanentError(f"ca_file {self.ca_file} cannot be used: {error.strerror or error}") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
