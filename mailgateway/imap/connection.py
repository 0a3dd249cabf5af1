"""A connection to an IMAP server: imapclient's, protected as the settings say, with three of its habits mended."""

from imaplib import IMAP4

from imapclient import IMAPClient  # type: ignore[import-untyped]  # imapclient ships no types

from mailgateway.accounts.server import Server, Tls, ssl_context
from mailgateway.imap.errors import translated


class Connection(IMAPClient):  # type: ignore[misc]  # imapclient ships no types
    """An IMAPClient that keeps no transcript, notices mail announced between commands, and misses none before IDLE."""

    def __init__(self, server: Server) -> None:
        """Connect, with TLS from the first byte where the server wants it so, and read the greeting."""
        seconds = server.timeout.total_seconds()
        implicit = server.tls is Tls.IMPLICIT
        context = ssl_context(server) if implicit else None
        super().__init__(server.host, server.port, ssl=implicit, ssl_context=context, timeout=seconds)
        self.normalise_times = False
        # imapclient lets imaplib format every body for a debug log: three times the time and memory, and mails in a log
        self._imap.debug = 0
        self._looks_first = False

    def announced(self) -> bool:
        """Tell whether the server has announced mails (EXISTS) since the last call, and forget what it announced.

        A server announces a mail once, in the answer to whatever command is under way. imaplib keeps such lines for
        ever, and nobody reads them.
        """
        untagged = self._imap.untagged_responses
        fresh = "EXISTS" in untagged
        untagged.clear()
        return fresh

    def idle(self) -> bool:
        """Start IDLE (RFC 2177), and tell whether mail was announced on the way; raises IMAP4.error for a refusal.

        imapclient takes whatever a server tells before its "+" for a refusal.
        """
        protocol = self._imap
        before = len(protocol.untagged_responses.get("EXISTS", ()))
        self._idle_tag = protocol._command("IDLE")  # noqa: SLF001 - as imapclient does
        while (line := protocol._get_response()) is not None:  # noqa: SLF001 - as imapclient does
            if line.startswith(self._idle_tag + b" "):
                raise IMAP4.error(line.removeprefix(self._idle_tag).decode("ascii", "replace").strip())
        self._looks_first = True
        return len(protocol.untagged_responses.get("EXISTS", ())) > before

    def _poll_socket(self, sock: object, timeout: float | None = None) -> object:
        """Wait for the socket, but not the first time in an IDLE: lines that came with the "+" are already read."""
        if self._looks_first:
            self._looks_first = False
            return True
        return super()._poll_socket(sock, timeout)


def connect(server: Server) -> Connection:
    """Open a connection that is protected as the settings say, never less; nothing secret is sent.

    Raises MailboxUnavailable, also where a certificate is not trusted or STARTTLS is not to be had.
    """
    with translated(f"connecting to {server}"):
        connection = Connection(server)
    if server.tls is Tls.STARTTLS:
        try:
            with translated(f"STARTTLS with {server}"):
                connection.starttls(ssl_context(server))
        except BaseException:
            abandon(connection)
            raise
    return connection


def abandon(connection: Connection) -> None:
    """Close the connection without a word to the server."""
    try:
        connection.shutdown()
    except OSError:
        return  # it was gone already
