"""What a request says, whatever API it speaks: who speaks in it, and which canaries it carries."""

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.seen import SeenTurn

CANARY = "canary-"
CANARY_MAX = 40
NOTHING = Raw(b"null")
TOOL = "tool"
ROLES = {"model": "assistant", "function": TOOL, "developer": "system"}
"""One word for what every API has a word of its own for."""
RESULTS = (b'"tool_result"', b'"functionResponse"', b'"toolResult"')


class Heard(Struct, frozen=True, kw_only=True):
    """A request, as far as a provider of fakes listens."""

    model: str = ""
    stream: bool = False
    usage_asked: bool = True
    """Of a stream."""
    turns: tuple[SeenTurn, ...] = ()
    writes: bool = True
    """Its answer is made of tokens."""
    inputs: int = 1
    """Texts to embed."""
    packed: bool = False
    """Vectors are wanted in base64."""


class Spoken(Struct):
    """A message of any API."""

    role: str = ""
    type: str = ""
    content: Raw = NOTHING
    parts: Raw = NOTHING
    output: Raw = NOTHING
    arguments: Raw = NOTHING

    @property
    def turns(self) -> tuple[SeenTurn, ...]:
        """Who says what; a tool's result within a user's message is the tool's."""
        said = [one for one in (self.content, self.parts, self.output, self.arguments) if one]
        told = next((one for one in said if bytes(one) != b"null"), NOTHING)
        role = ROLES.get(self.role, self.role) or (TOOL if self.type else "user")
        try:
            blocks = msgspec.json.decode(told, type=list[Raw])
        except msgspec.DecodeError:
            blocks = []
        results = [one for one in blocks if any(name in bytes(one) for name in RESULTS)]
        if not results:
            return (turn(role, told),)
        others = [one for one in blocks if one not in results]
        rest = (turn(role, msgspec.json.encode(others)),) if others else ()
        return (*(turn(TOOL, one) for one in results), *rest)


def turns_of(spoken: list[Spoken]) -> tuple[SeenTurn, ...]:
    """Give what all of them say, in order."""
    return tuple(one for each in spoken for one in each.turns)


def system(said: Raw) -> tuple[SeenTurn, ...]:
    """Give the turn of instructions that stand beside the messages; none where none stand."""
    return () if bytes(said) in {b"null", b""} else (turn("system", said),)


def turn(role: str, said: Raw | bytes) -> SeenTurn:
    """Give what somebody says, as it came."""
    text = bytes(said).decode(errors="replace")
    found = [
        CANARY + part[:CANARY_MAX].split('"')[0].split(" ")[0].split("\\")[0]
        for part in text.split(CANARY)[1:]
    ]
    return SeenTurn(role=role, characters=len(text), canaries=tuple(found))
