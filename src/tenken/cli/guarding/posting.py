"""Posts JSON to an API of OpenAI's kind, one call after the other."""

from urllib.parse import urlsplit

from tenken.errors import UsageError
from tenken.transport.addresses import Origin
from tenken.transport.errors import ConnectFailed, UpstreamFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience

ANSWER_MAX = 1 << 20
CONNECT_S = 5.0
WITHIN_S = 60.0
SCHEMES = {"http": 80, "https": 443}


class Door:
    """One address, with one key."""

    def __init__(self, url: str, key: str) -> None:
        """Read the address; raises UsageError where it is none."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise UsageError("guard.bad_url", url=url[:80])
        port = parts.port or SCHEMES[parts.scheme]
        origin = Origin(host=parts.hostname, port=port, tls=parts.scheme == "https")
        self._url = url
        self._netloc = parts.netloc.rpartition("@")[2]
        self._base = parts.path.rstrip("/")
        self._key = key
        self._origin = origin
        self._pool: Pool | None = None

    async def post(self, path: str, body: bytes) -> bytes:
        """Give what is answered, whatever its status; raises UsageError where nobody is there."""
        pool = self._pool = self._pool or Pool(self._origin, limits=PoolLimits(allow_private=True))
        head = [f"POST {self._base}{path} HTTP/1.1", f"host: {self._netloc}"]
        head += ["content-type: application/json", f"content-length: {len(body)}"]
        head += [f"authorization: Bearer {self._key}"] if self._key else []
        patience = Patience(CONNECT_S, WITHIN_S, WITHIN_S, pool.clock() + WITHIN_S)
        lines = "\r\n".join([*head, "", ""]).encode()
        try:
            reply = await pool.call(lines, body, patience=patience)
            try:
                return await reply.read(ANSWER_MAX)
            finally:
                reply.abort()
        except ConnectFailed as error:
            raise UsageError("ask.nobody", url=self._url, why=error.reason) from error
        except UpstreamFailed:
            return b""

    def close(self) -> None:
        """Close the connection."""
        if self._pool is not None:
            self._pool.close()
