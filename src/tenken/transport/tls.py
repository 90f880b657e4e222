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
    """Serve with this certificate (with its chain) and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


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
