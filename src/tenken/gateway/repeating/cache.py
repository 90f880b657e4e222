"""The cache of exact matches: opt-in per route, in the memory of a worker.

The same bytes from the same caller, on the same route under the same settings, get the same whole
answer again for a while. Nothing is shared between callers, and nothing is kept that was cut,
shortened or refused by a model.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from tenken.gateway.flow import Flow
from tenken.gateway.plan import CacheFor
from tenken.gateway.repeating.again import Settle, copied, say_again
from tenken.gateway.repeating.copied import Copied, Said

ANSWER_MAX = 1 << 20
ROW = 300
"""What a row costs besides its answer."""
HIT = ((b"x-tenken-cache", b"hit"),)
NOT_WHOLE = frozenset({
    "length", "max_tokens", "max_output_tokens", "content_filter", "incomplete", "refusal",
    "pause_turn", "SAFETY", "MAX_TOKENS",
})  # fmt: skip
"""Reasons to stop that leave something out."""


class _Row(Struct, frozen=True):
    said: Said
    until: float


class _Shelf:
    """The answers of one route; who was asked for longest ago makes room."""

    def __init__(self) -> None:
        self._rows: OrderedDict[bytes, _Row] = OrderedDict()
        self.used = 0

    def find(self, key: bytes, now: float) -> Said | None:
        row = self._rows.get(key)
        if row is None:
            return None
        if row.until <= now:
            self._drop(key)
            return None
        self._rows.move_to_end(key)
        return row.said

    def put(self, key: bytes, row: _Row, *, size: int) -> None:
        self._drop(key)
        self._rows[key] = row
        self.used += ROW + len(row.said.body)
        while self.used > size:
            self._drop(next(iter(self._rows)))

    def _drop(self, key: bytes) -> None:
        row = self._rows.pop(key, None)
        self.used -= ROW + len(row.said.body) if row else 0


class Cache:
    """Answers from memory."""

    def __init__(self, *, clock: Callable[[], float], settle: Settle) -> None:
        self._clock = clock
        self._settle = settle
        self._shelves: dict[str, _Shelf] = {}
        self._version = ""

    @property
    def held(self) -> int:
        """Bytes that answers take."""
        return sum(shelf.used for shelf in self._shelves.values())

    async def __call__(self, flow: Flow) -> None:
        """Answer, or keep what will be answered; raises Answered."""
        plan = flow.route.cache if flow.route else None
        if plan is None or flow.route is None:
            return
        if flow.plan.version != self._version:
            # What was kept under other settings is never found again: their version is in its key.
            self._version, self._shelves = flow.plan.version, {}
        shelf = self._shelves.setdefault(flow.route.name, _Shelf())
        key = key_of(flow)
        said = shelf.find(key, self._clock())
        if said is not None:
            await say_again(flow, said, HIT, settle=self._settle)
        filling = _Filling(
            shelf=shelf,
            key=key,
            plan=plan,
            reply=copied(flow, most=ANSWER_MAX),
            clock=self._clock,
        )
        flow.closing = (*flow.closing, filling)


class _Filling(Struct, eq=False, kw_only=True):
    """Puts an answer on the shelf."""

    shelf: _Shelf
    key: bytes
    plan: CacheFor
    reply: Copied
    clock: Callable[[], float]

    async def answered(self, flow: Flow, last: bytes) -> None:
        """Keep it where it is whole."""
        stream = flow.asked is not None and flow.asked.stream
        said = self.reply.with_last(last, stream=stream)
        if said is not None and flow.finish not in NOT_WHOLE:
            until = self.clock() + self.plan.ttl_s
            self.shelf.put(self.key, _Row(said, until), size=self.plan.size)

    async def over(self, flow: Flow) -> None:
        """Do nothing more."""


def key_of(flow: Flow) -> bytes:
    """Give what makes two requests the same; the caller comes first."""
    asked = flow.asked
    headers = [b"%b:%b" % one for one in asked.headers] if asked else []
    route = flow.route.name if flow.route else ""
    parts = (flow.caller.id.encode(), route.encode(), flow.plan.version.encode(),
             flow.api.encode(), *headers, flow.request.body)  # fmt: skip
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in parts)).digest()
