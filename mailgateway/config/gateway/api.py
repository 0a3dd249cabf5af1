"""What gateway.yaml may say of the HTTP API."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from mailgateway.config.reading.kinds import SecretRef, Strict, wrong

DEFAULT_LISTEN = "127.0.0.1:8025"


def split(listen: str) -> tuple[str, int]:
    """Return the address and the port of a `listen`; an IPv6 address stands in brackets."""
    host, _, port = listen.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_loopback(listen: str) -> bool:
    """Tell whether only this host can reach a `listen`."""
    return ipaddress.ip_address(split(listen)[0]).is_loopback


def _listen(written: str) -> str:
    host, colon, port = written.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        is_right = bool(colon) and (address.version == 6) == host.startswith("[") == host.endswith("]")
    except ValueError:
        is_right = False
    if not is_right or not (port.isascii() and port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536):
        wrong(f"write the address and the port to listen at, such as {DEFAULT_LISTEN} or [::1]:8025")
    return written


Listen = Annotated[str, AfterValidator(_listen)]


class Api(Strict):
    """The HTTP API: read-only, behind a token."""

    listen: Listen = Field(default=DEFAULT_LISTEN, description="where it listens, an address and a port")
    tokens: Annotated[tuple[SecretRef, ...], Field(min_length=1, max_length=20)] = Field(
        description="what lets a program in, such as [{env: NAME}]; any of them does"
    )
