"""What is refused although a lenient server would take it: each rule closes a known confusion.

The parser beneath refuses what is no HTTP at all. These are messages that two programs in a row
may read differently: which host, which path, where the body ends.
"""

import re
import zlib

from msgspec import Struct

from tenken.transport.limits import ServerLimits
from tenken.transport.message import Headers

METHODS = {
    name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
}
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_AMBIGUOUS = (b"..", b"//", b";", b"\\", b"/./", b"#")
_AMBIGUOUS_ESCAPES = (b"%2e", b"%2f", b"%5c", b"%00", b"%25", b"%3b", b"%23")
_PRINTABLE = bytes(range(0x21, 0x7F))
_GZIP = 16 + zlib.MAX_WBITS


class Refused(Exception):
    """A request that is not served: with which status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Target(Struct, frozen=True):
    """Where a request goes, split at the question mark."""

    path: str
    query: str


class Framing(Struct, frozen=True, gc=False):
    """What the head says about the body and the connection."""

    gzip: bool = False
    waits: bool = False
    """The client sends the body only when told to go on."""
    old: bool = False
    """HTTP/1.0: no chunks, no second request."""


PLAIN = Framing()


def read_target(url: bytes) -> Target:
    """Split into path and query, or refuse what can be read in two ways."""
    if not url.startswith(b"/") or url.translate(None, _PRINTABLE):
        raise Refused(400, "invalid_target")
    path, _, query = url.partition(b"?")
    if any(part in path for part in _AMBIGUOUS) or path.endswith(b"/.") or b"#" in query:
        raise Refused(400, "ambiguous_path")
    if b"%" in path and any(escape in path.lower() for escape in _AMBIGUOUS_ESCAPES):
        raise Refused(400, "ambiguous_path")
    return Target(path.decode("ascii"), query.decode("ascii"))


def read_framing(headers: Headers, version: str, limits: ServerLimits) -> Framing:
    """Check what says whom a request is for and where its body ends.

    The parser has already refused lengths that are no number, two of them, and a length beside an
    encoding; this refuses what it lets through.
    """
    hosts = 0
    special = version != "1.1"
    for name, value in headers:
        if name == b"host":
            hosts += 1
            if not _HOST.fullmatch(value):
                raise Refused(400, "invalid_host")
        elif name == b"content-length":
            if int(value) > limits.body:
                raise Refused(413, "request_too_large")
        elif name in _SPECIAL:
            special = True
    if hosts != 1:
        raise Refused(400, "one_host_required")
    return _read_special(headers, version, limits) if special else PLAIN


_SPECIAL = frozenset((b"transfer-encoding", b"content-encoding", b"expect"))


def _read_special(headers: Headers, version: str, limits: ServerLimits) -> Framing:
    if version not in {"1.1", "1.0"}:
        raise Refused(505, "http_version_not_supported")
    found = {name: value.lower() for name, value in headers if name in _SPECIAL}
    if len(found) != sum(name in _SPECIAL for name, _ in headers):
        raise Refused(400, "repeated_framing_header")
    old = version == "1.0"
    encoding = found.get(b"transfer-encoding")
    if encoding is not None and old:
        raise Refused(400, "chunked_before_http_1_1")
    if encoding not in {None, b"chunked"}:
        raise Refused(501, "unsupported_transfer_encoding")
    expected = found.get(b"expect")
    if expected not in {None, b"100-continue"}:
        raise Refused(417, "unsupported_expectation")
    gzip = _is_gzip(found.get(b"content-encoding", b"identity"), limits)
    return Framing(gzip=gzip, waits=expected is not None and not old, old=old)


def _is_gzip(encoding: bytes, limits: ServerLimits) -> bool:
    if encoding == b"identity":
        return False
    if encoding != b"gzip" or not limits.gzip:
        raise Refused(415, "unsupported_content_encoding")
    return True


def inflate(body: bytes, most: int) -> bytes:
    """Decode gzip without ever holding more than `most` bytes of the result."""
    decoder = zlib.decompressobj(_GZIP)
    try:
        plain = decoder.decompress(body, most + 1)
    except zlib.error as error:
        raise Refused(400, "invalid_gzip") from error
    if len(plain) > most:
        raise Refused(413, "request_too_large")
    if not decoder.eof or decoder.unused_data:
        raise Refused(400, "invalid_gzip")
    return plain
