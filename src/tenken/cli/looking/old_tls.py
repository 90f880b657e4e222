"""Tries whether an address takes what is older than TLS 1.2: whoever can speak 1.3 never sees."""

import socket
import ssl
import warnings

from msgspec import Struct

CIPHERS = "ALL:@SECLEVEL=0"
"""OpenSSL 3 offers TLS 1.1 at no other level."""
GONE = frozenset({"UNEXPECTED_EOF_WHILE_READING", "UNSUPPORTED_PROTOCOL", "WRONG_VERSION_NUMBER"})
"""How a server refuses that sends no alert: it hangs up, or answers in a version of its own."""


class Old(Struct, frozen=True, kw_only=True):
    """What an old client meets."""

    met: str = ""
    """`taken`, `refused`; empty where nobody can tell."""
    why_not: str = ""


def old_tls(host: str, port: int, within_s: float) -> Old:
    """Offer TLS 1.1 and older, and nothing else."""
    try:
        context = _context()
        with (
            socket.create_connection((host, port), within_s) as raw,
            context.wrap_socket(
                raw, server_hostname=host, do_handshake_on_connect=False
            ) as wrapped,
        ):
            return _met(wrapped)
    except (OSError, ValueError) as error:
        return Old(why_not=getattr(error, "reason", "") or type(error).__name__)


def _met(wrapped: ssl.SSLSocket) -> Old:
    try:
        wrapped.do_handshake()
    except OSError as error:
        # A cipher is picked along with a version: what fails after that, such as a certificate
        # that the server asks for, is no refusal of the version.
        if wrapped.cipher() is not None:
            return Old(met="taken")
        return _refused(error)
    return Old(met="taken")


def _refused(error: OSError) -> Old:
    """Tell a refusal of the other side from what this side is not able to offer."""
    if isinstance(error, ConnectionError):
        return Old(met="refused")
    reason = (error.reason if isinstance(error, ssl.SSLError) else "") or type(error).__name__
    is_theirs = "_ALERT_" in reason or reason in GONE or isinstance(error, ssl.SSLEOFError)
    return Old(met="refused") if is_theirs else Old(why_not=reason)


def _context() -> ssl.SSLContext:
    """Nothing is sent over it, so whose certificate it is does not matter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(CIPHERS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context
