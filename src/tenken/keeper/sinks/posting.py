"""Posts a body to one address, and tells what kind of answer came."""

from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from msgspec import Struct

from tenken.keeper.sinks.receiver import Later

TIMEOUT_S = 15.0
ANSWER_MAX = 1 << 20
LATER = frozenset({401, 403, 404, 407, 408, 425, 429})
"""Besides 5xx. A key that is not taken and an address that is wrong are mended by people, and
what was to be sent waits for them."""


class Refused(Exception):
    """The other end will never take this body."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")


class Answer(Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    body: bytes


class _Stay(HTTPRedirectHandler):
    """Follows nowhere: a header with a key is for one address."""

    def redirect_request(  # noqa: PLR0917 - as the library has it
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Give no other request."""


class Posting:
    """Posts to one address."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        now: Callable[[], int],
        timeout_s: float = TIMEOUT_S,
        later: frozenset[int] = LATER,
    ) -> None:
        """`now` gives the moment in microseconds since 1970.

        `later` are answers, besides 5xx, after which the same is sent again.
        """
        self._url = url
        self._now = now
        self._headers = dict(headers)
        self._timeout_s = timeout_s
        self._later = later
        self._opener: OpenerDirector = build_opener(_Stay)

    def post(self, body: bytes, headers: Mapping[str, str], *, below: str = "") -> Answer:
        """Give the answer; raises Later and Refused. `below` is a path below the address."""
        # Nothing but http and https comes here: the settings' type sees to that.
        request = Request(self._url + below, body, {**self._headers, **headers})  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return Answer(status=response.status, body=response.read(ANSWER_MAX))
        except HTTPError as error:
            with error:
                status = error.code
                if status >= 500 or status in self._later or 300 <= status < 400:
                    after = waiting(error.headers.get("retry-after"), now=self._now())
                    raise Later(f"HTTP {status}", after_s=after) from None
            raise Refused(status) from None
        except (URLError, HTTPException, OSError) as error:
            # Its kind alone: an address may hold a key.
            cause = error.reason if isinstance(error, URLError) else error
            raise Later(type(cause).__name__) from None


def waiting(said: str | None, *, now: int) -> float | None:
    """Give how long `retry-after` asks to wait: seconds, or until a date."""
    if not said:
        return None
    if said.isascii() and said.strip().isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said).timestamp()
    except (TypeError, ValueError):
        return None
    return max(0.0, until - now / 1_000_000)
