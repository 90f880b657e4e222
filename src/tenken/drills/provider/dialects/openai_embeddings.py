"""OpenAI's embeddings, and everything compatible with them; they are never streamed.

Written after OpenAI's public API reference (embeddings), read 2026-11.
"""

import base64
import struct

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.dialects.dialect import BROKEN, EVENTS, Refusing, event
from tenken.drills.provider.dialects.openai_errors import OVERLOADED, WRONG, refusing
from tenken.drills.provider.hearing import NOTHING, Heard, turn
from tenken.drills.provider.telling import PADDING, Telling

VECTOR = (0.25, -0.5, 0.75, 0.125)
PACKED = base64.b64encode(struct.pack("<4f", *VECTOR)).decode()


class _Body(Struct):
    model: str = ""
    input: Raw = NOTHING
    encoding_format: str = "float"


class OpenAIEmbeddings:
    """A `Dialect`."""

    streams_as = EVENTS
    malformed = b"data: " + BROKEN + b"\n\n"
    overloaded = event({"error": OVERLOADED})
    wrong = WRONG

    def heard(self, body: bytes) -> Heard:
        """Read a request: one text, a list of texts, or tokens."""
        asked = msgspec.json.decode(body, type=_Body)
        return Heard(
            model=asked.model,
            turns=(turn("user", asked.input),),
            writes=False,
            inputs=_count(asked.input),
            packed=asked.encoding_format == "base64",
        )

    def whole(self, telling: Telling) -> bytes:
        """Give a vector for each text; none at all for an answer that is to be empty."""
        vector = PACKED if telling.packed else VECTOR
        count = telling.inputs if telling.text else 0
        said: dict[str, object] = {
            "object": "list",
            "model": telling.model,
            "data": [
                {"object": "embedding", "index": at, "embedding": vector} for at in range(count)
            ],
        }
        if telling.tells_usage:
            figure = telling.read_tokens
            said["usage"] = {"prompt_tokens": figure, "total_tokens": figure}
        if telling.padding:
            said["padding"] = PADDING * (telling.padding // len(PADDING))
        return msgspec.json.encode(said)

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give the whole answer: there is no other."""
        return [self.whole(telling)]

    def part(self, text: str) -> bytes:
        """Give a blank: what stands between two values of an answer without an end."""
        return b" " * len(text)

    def padding(self, size: int) -> bytes:
        """Give that many blanks."""
        return b" " * size

    def refusing(self, status: int) -> Refusing:
        """Give an error."""
        return refusing(status)


def _count(said: Raw) -> int:
    try:
        many = msgspec.json.decode(said, type=list[Raw])
    except msgspec.DecodeError:
        return 1
    return 1 if many and bytes(many[0])[:1].isdigit() else len(many)
