"""What keeps a connection from coming about, in the words of somebody who writes `host`, `port` and `tls`."""

import os
import re
import socket
import ssl

_NO_TLS_THERE = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")
# asyncio puts what each address of a host said into one text
_NUMBER = re.compile(r"\[Errno (\d{1,5})\]")


def spoken(error: OSError) -> str:
    """Return what an error of a socket, or of TLS on it, means: no numbers, no names of libraries."""
    match error:
        case ssl.SSLCertVerificationError():
            return getattr(error, "verify_message", "")  # as `reason`, OpenSSL alone sets it
        case ssl.SSLError():
            reason = getattr(error, "reason", None) or ""
            if reason in _NO_TLS_THERE:
                return "no TLS is spoken at this port: another `tls:` or `port:` fits it"
            return reason.replace("_", " ").lower() or str(error)
        case socket.gaierror():
            return f"no address is known for this host: {str(error.strerror).lower()}"
        case TimeoutError():
            return "no answer in time"
    number = _NUMBER.search(str(error))
    code = error.errno if error.errno is not None else int(number[1]) if number else None
    return os.strerror(code).lower() if code is not None else str(error)
