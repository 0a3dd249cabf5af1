"""A certificate authority of the test run's own; nothing outside trusts it, and clients do only by its file."""

import atexit
import ssl
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme


class Authority:
    """Signs one certificate, for localhost and 127.0.0.1; the files live as long as the process."""

    def __init__(self) -> None:
        """Make the keys."""
        kept = TemporaryDirectory(prefix="mailgateway-authority-")
        atexit.register(kept.cleanup)
        folder = Path(kept.name)
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        self.ca_file = str(folder / "ca.pem")
        self.certificate_file = str(folder / "certificate.pem")
        self.key_file = str(folder / "key.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        certificate.private_key_pem.write_to_path(self.key_file)
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(self.certificate_file, append=True)

    def server_context(self) -> ssl.SSLContext:
        """Return what a server written in Python needs to show the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


@cache
def authority() -> Authority:
    """Return the one authority of this process."""
    return Authority()
