"""Ids of calls as a provider takes them who has not given them: plain, short, each its own.

Some models count their calls anew in every turn (`call_0`) or name them after tools
(`functions.search:0`). A conversation with such calls that goes on elsewhere is refused there:
Anthropic and Bedrock take `[a-zA-Z0-9_-]` and no id twice, OpenAI no more than 40 characters.
"""

from msgspec import Struct
from msgspec.structs import replace

from tenken.wire.translate.conversation import Block, Call, Result, Said

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
OWN = "call"
"""The id of a call that has none."""


class Ids(Struct, frozen=True, kw_only=True):
    """Which ids a provider takes."""

    longest: int
    plain: bool = True

    def of(self, said: tuple[Said, ...]) -> tuple[Said, ...]:
        """Give a conversation with such ids: its results keep to their calls.

        What has been said before gets the same ids again, however long it goes on.
        """
        naming = _Naming(self)
        return tuple(
            [Said(one.role, tuple([naming.of(block) for block in one.blocks])) for one in said]
        )

    def written(self, id_: str) -> str:
        """Give the nearest id that is taken."""
        if self.plain:
            id_ = "".join([one if one in PLAIN else "_" for one in id_])
        return id_[: self.longest] or OWN


class _Naming:
    """What calls are named by now."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._now: dict[str, str] = {}
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def of(self, block: Block) -> Block:
        match block:
            case Call(id=id_):
                self._now[id_] = name = self._own(self._ids.written(id_))
                return block if name == id_ else replace(block, id=name)
            case Result(id=id_) if self._now.get(id_, id_) != id_:
                return replace(block, id=self._now[id_])
            case _:
                return block

    def _own(self, name: str) -> str:
        own = name
        while own in self._taken:
            count = self._counts[name] = self._counts.get(name, 1) + 1
            own = f"{name[: self._ids.longest - len(str(count)) - 1]}-{count}"
        self._taken.add(own)
        return own
