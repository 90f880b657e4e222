"""TLS contexts: certificates are always checked, and only HTTP/1.1 is offered."""

import ssl
from pathlib import Path

from tenken.transport.errors import ConnectFailed


def client_context(authorities: Path | None = None) -> ssl.SSLContext:
    """Trust the authorities of the system, or only those in the given file."""
    context = ssl.create_default_context(cafile=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Serve with this certificate (with its chain) and key; raises OSError.

    A key behind a password is refused: nobody is there to be asked for it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key, password=lambda: "")
    return context


class Certificate:
    """What a server shows, which may be renewed while it serves.

    Each connection takes the newest when it begins; those that are open keep theirs.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        """Read the files; raises OSError."""
        self._files = (certificate, key)
        self.context = self._newest = server_context(certificate, key)
        self.context.sni_callback = self._chosen

    def read_again(self) -> None:
        """Show what the files hold by now; raises OSError, and nothing has changed then."""
        self._newest = server_context(*self._files)

    def _chosen(self, connection: ssl.SSLObject, _name: str | None, _own: ssl.SSLContext) -> None:
        # Also for clients that name nobody. The context is replaced whole: one that was given a
        # new certificate and has the old key yet would serve nobody.
        connection.context = self._newest


def connect_failure(error: Exception) -> ConnectFailed:
    """Say why no connection came about, in a word that a rule or a person can act on."""
    match error:
        case ssl.SSLCertVerificationError():
            return ConnectFailed("untrusted_certificate")
        case ssl.SSLError():
            return ConnectFailed("tls_failed")
        case ConnectionRefusedError():
            return ConnectFailed("refused")
        case ConnectionError():
            return ConnectFailed("reset")
        case _:
            return ConnectFailed("unreachable")
