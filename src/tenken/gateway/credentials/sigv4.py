"""Amazon's Signature Version 4, for requests of the gateway's hot path.

botocore signs the same in ten times the time: it parses the address, sorts queries and keeps no
key. Tests hold the two against each other on requests of any kind.

Source: Amazon's documentation (Signature Version 4 signing process), read 2026-11.
"""

import hashlib
import hmac
from datetime import UTC, datetime

from tenken.gateway.credentials.lease import Called
from tenken.wire.splice import whole

TARGETS_MAX = 256
ALGORITHM = b"AWS4-HMAC-SHA256"
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")


class Signer:
    """Signs with one set of keys; what is made of them for a day and a region is kept."""

    __slots__ = (
        "_access",
        "_date",
        "_days",
        "_second",
        "_secret",
        "_service",
        "_targets",
        "_token",
    )

    def __init__(self, *, access: str, secret: str, token: str, service: str = "bedrock") -> None:
        self._access = access.encode()
        self._secret = b"AWS4" + secret.encode()
        self._token = token.encode()
        self._service = service.encode()
        self._second, self._date = -1, b""
        self._targets: dict[bytes, bytes] = {}
        self._days: dict[tuple[bytes, str], tuple[bytes, bytes]] = {}

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return "Signer()"

    def lines(self, called: Called) -> bytes:
        """Give date, token and signature as header lines."""
        date = self._moment(called.at_us // 1_000_000)
        scope, key = self._of_day(date[:8], called.region)
        headers = [*called.headers, (b"host", called.host), (b"x-amz-date", date)]
        if self._token:
            headers.append((b"x-amz-security-token", self._token))
        headers.sort()
        signed = b";".join([name for name, _ in headers])
        canonical = b"%b\n%b\n%b\n%b\n\n%b\n%b" % (
            called.method,
            self._target(called.path),
            _query(called.path),
            b"\n".join([b"%b:%b" % (name, b" ".join(value.split())) for name, value in headers]),
            signed,
            hashlib.sha256(whole(called.body)).hexdigest().encode(),
        )
        digest = hashlib.sha256(canonical).hexdigest().encode()
        text = b"%b\n%b\n%b\n%b" % (ALGORITHM, date, scope, digest)
        signature = hmac.digest(key, text, "sha256").hex().encode()
        token = b"x-amz-security-token: %b\r\n" % self._token if self._token else b""
        return (
            b"x-amz-date: %b\r\n%bauthorization: %b Credential=%b/%b, "
            b"SignedHeaders=%b, Signature=%b\r\n"
        ) % (date, token, ALGORITHM, self._access, scope, signed, signature)

    def _moment(self, second: int) -> bytes:
        """Write a moment; many requests share a second."""
        if second != self._second:
            moment = datetime.fromtimestamp(second, UTC)
            self._second, self._date = second, moment.strftime("%Y%m%dT%H%M%SZ").encode()
        return self._date

    def _target(self, path: bytes) -> bytes:
        """Escape a path; all calls of a model share two of them."""
        found = self._targets.get(path)
        if found is None:
            if len(self._targets) >= TARGETS_MAX:
                self._targets.clear()
            self._targets[path] = found = _escaped(path)
        return found

    def _of_day(self, day: bytes, region: str) -> tuple[bytes, bytes]:
        """Give scope and key of a day and a region: the same for all its requests."""
        found = self._days.get((day, region))
        if found is not None:
            return found
        key = self._secret
        parts = (day, region.encode(), self._service, b"aws4_request")
        for part in parts:
            key = hmac.digest(key, part, "sha256")
        self._days = {at: one for at, one in self._days.items() if at[0] == day}
        self._days[day, region] = found = (b"/".join(parts), key)
        return found


def _escaped(path: bytes) -> bytes:
    """Escape what is sent once more, as all services but S3 want it."""
    plain = path.partition(b"?")[0] or b"/"
    if PLAIN.issuperset(plain):
        return plain
    return b"".join([b"%c" % one if one in PLAIN else b"%%%02X" % one for one in plain])


def _query(path: bytes) -> bytes:
    query = path.partition(b"?")[2]
    if not query:
        return b""
    pairs = sorted([part.partition(b"=")[::2] for part in query.split(b"&")])
    return b"&".join([b"%b=%b" % pair for pair in pairs])
