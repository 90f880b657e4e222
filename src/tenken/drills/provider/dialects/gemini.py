"""Google's generateContent, on Vertex AI or by key; the model stands in the path.

Written after Google's public API reference (generateContent, errors), read 2026-11.
"""

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.dialects.dialect import BROKEN, EVENTS, Refusing, event, message_of
from tenken.drills.provider.hearing import NOTHING, Heard, Spoken, system, turns_of
from tenken.drills.provider.telling import PADDING, Telling

FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class _Body(Struct, rename="camel"):
    contents: list[Spoken] = []
    system_instruction: Raw = NOTHING


def _error(status: int) -> dict[str, object]:
    name = STATUSES.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")
    return {"code": status, "message": message_of(status), "status": name}


class Gemini:
    """A `Dialect`."""

    streams_as = EVENTS
    malformed = b"data: " + BROKEN + b"\n\n"
    overloaded = event({"error": _error(503)})
    wrong = b'{"models":[]}'

    def heard(self, body: bytes) -> Heard:
        """Read a request."""
        asked = msgspec.json.decode(body, type=_Body)
        return Heard(turns=(*system(asked.system_instruction), *turns_of(asked.contents)))

    def whole(self, telling: Telling) -> bytes:
        """Give a whole answer."""
        said = _answer(telling, telling.text, FINISH[telling.finish])
        if telling.padding:
            said["padding"] = PADDING * (telling.padding // len(PADDING))
        return msgspec.json.encode(said)

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give the text in small pieces; the last one has the reason and the figures."""
        begun = [event(_answer(telling, part, None)) for part in telling.parts]
        return [*begun, event(_answer(telling, "", FINISH[telling.finish]))]

    def part(self, text: str) -> bytes:
        """Give one event with text."""
        return event({"candidates": [_candidate(text, None)]})

    def padding(self, size: int) -> bytes:
        """Give one event of that size."""
        return event({"candidates": [], "padding": PADDING * (size // len(PADDING))})

    def refusing(self, status: int) -> Refusing:
        """Give an error."""
        return Refusing(msgspec.json.encode({"error": _error(status)}))


def _candidate(text: str, finish: str | None) -> dict[str, object]:
    said: dict[str, object] = {
        "content": {"role": "model", "parts": [{"text": text}] if text else []},
        "index": 0,
    }
    return {**said, "finishReason": finish} if finish else said


def _answer(telling: Telling, text: str, finish: str | None) -> dict[str, object]:
    said: dict[str, object] = {
        "candidates": [_candidate(text, finish)],
        "modelVersion": telling.model,
        "responseId": f"gen-fake-{telling.number}",
    }
    if finish and telling.tells_usage:
        said["usageMetadata"] = {
            "promptTokenCount": telling.read_tokens,
            "candidatesTokenCount": telling.output_tokens,
            "totalTokenCount": telling.read_tokens + telling.output_tokens,
        }
    return said
