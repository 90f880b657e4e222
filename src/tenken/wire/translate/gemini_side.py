"""The provider speaks Google's generateContent, on Vertex AI or by key, and the caller does not.

Both have the same path below their base: `/v1beta` at generativelanguage, and
`/v1/projects/PROJECT/locations/PLACE/publishers/google` at Vertex AI.

Source: Google's API reference (generateContent, function calling, thought signatures, errors),
read 2026-11.
"""

from collections.abc import Iterable
from typing import Final, assert_never

import msgspec
from msgspec import Raw, Struct

from tenken.wire.dialect import BROKEN, Outgoing, Spoilt, Unreadable
from tenken.wire.sse import Event, Events, TooLong
from tenken.wire.translate.conversation import (
    Block,
    Call,
    Conversation,
    Image,
    Result,
    Said,
    Text,
    cannot_say,
)
from tenken.wire.translate.gemini_errors import GeminiError, GeminiErrors
from tenken.wire.translate.quoted import quoted
from tenken.wire.translate.told import (
    EMPTY,
    Begun,
    CallBegun,
    CallPart,
    Ended,
    Failing,
    Finish,
    Part,
    TextPart,
    Told,
    ToldCall,
)
from tenken.wire.translate.translated import Hearing
from tenken.wire.usage import Count, Usage

STOPS_MAX = 5
IDS_END = 24
"""So much of an answer's id is its own, and no provider's ids of calls are longer."""
MODES: Final = {"auto": "AUTO", "none": "NONE", "any": "ANY", "one": "ANY"}
FINISH: Final[dict[str, Finish]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "filter",
    "RECITATION": "filter",
    "LANGUAGE": "filter",
    "BLOCKLIST": "filter",
    "PROHIBITED_CONTENT": "filter",
    "SPII": "filter",
    "MODEL_ARMOR": "filter",
    "IMAGE_SAFETY": "filter",
}
"""Any other reason is that of an answer which is none, such as a malformed call."""
UNSIGNED: Final = "skip_thought_signature_validator"
"""Stands for the signature of a call that another model made, or whose caller kept none."""
WITHOUT_SIGNATURES: Final = ("gemini-1", "gemini-2")


class _Called(Struct):
    name: str
    id: str = ""
    args: Raw = EMPTY


class _Part(Struct):
    text: str = ""
    thought: bool = False
    functionCall: _Called | None = None  # noqa: N815 - the API's own name


class _Content(Struct):
    parts: list[_Part] = []


class _Candidate(Struct, rename="camel"):
    content: _Content | None = None
    finish_reason: str | None = None


class _Tokens(Struct, rename="camel"):
    prompt_token_count: Count = 0
    cached_content_token_count: Count = 0
    candidates_token_count: Count = 0
    thoughts_token_count: Count = 0
    tool_use_prompt_token_count: Count = 0

    @property
    def usage(self) -> Usage:
        """Sorted: cached tokens are among the prompt's, thoughts are told apart."""
        cached = min(self.cached_content_token_count, self.prompt_token_count)
        return Usage(
            input=self.prompt_token_count - cached + self.tool_use_prompt_token_count,
            cache_read=cached,
            output=self.candidates_token_count,
            reasoning=self.thoughts_token_count,
            source="provider",
        )


class _Blocked(Struct, rename="camel"):
    block_reason: str | None = None


class _Answer(Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Blocked | None = None
    usage_metadata: _Tokens | None = None
    model_version: str = ""
    response_id: str = ""
    error: GeminiError | None = None

    @property
    def blocked(self) -> bool:
        """Whether the prompt was not let through."""
        return not self.candidates and bool(
            self.prompt_feedback and self.prompt_feedback.block_reason
        )

    @property
    def candidate(self) -> _Candidate:
        """The only one that is asked for."""
        return self.candidates[0] if self.candidates else _Candidate()

    @property
    def parts(self) -> list[_Part]:
        """What is said, without thoughts."""
        content = self.candidate.content
        return [part for part in content.parts if not part.thought] if content else []


ANSWER = msgspec.json.Decoder(_Answer)


class GeminiSide(GeminiErrors):
    """A `Side` that speaks generateContent."""

    def outgoing(self, conversation: Conversation, *, model: str) -> Outgoing:
        """Say it."""
        how = "streamGenerateContent?alt=sse" if conversation.stream else "generateContent"
        body = msgspec.json.encode(_request(conversation, model))
        return Outgoing(f"/models/{quoted(model)}:{how}", body)

    def whole(self, body: bytes) -> Told:
        """Read a whole answer."""
        answer = _decoded(body)
        if answer.blocked:
            finish: Finish | None = "filter"
        else:
            finish = FINISH.get(answer.candidate.finish_reason or "")
        if finish is None and answer.candidate.finish_reason:
            raise Spoilt(f"finished by {answer.candidate.finish_reason}"[:99])
        if finish is None:
            raise Unreadable("finished by nothing")
        called = [part.functionCall for part in answer.parts if part.functionCall]
        calls = [
            ToldCall(_id_of(one, answer.response_id, at), one.name, one.args)
            for at, one in enumerate(called)
        ]
        return Told(
            id=answer.response_id,
            model=answer.model_version,
            text="".join([part.text for part in answer.parts]),
            calls=tuple(calls),
            finish="tools" if calls and finish == "stop" else finish,
            usage=answer.usage_metadata.usage if answer.usage_metadata else None,
        )

    def hearing(self) -> Hearing:
        """Begin to read a stream."""
        return _Hearing()


def _id_of(called: _Called, answer: str, at: int) -> str:
    """Give a call's id: each turn has its own, since callers keep calls of many turns by it."""
    return called.id or f"call_{answer[-IDS_END:]}_{at}"


def _decoded(body: bytes) -> _Answer:
    try:
        return ANSWER.decode(body)
    except BROKEN as error:
        raise Unreadable(str(error)) from error


def _request(said: Conversation, model: str) -> dict[str, object]:
    if said.parallel is False and said.tools:
        raise cannot_say(said.names.parallel)
    signs = not model.startswith(WITHOUT_SIGNATURES)
    body: dict[str, object] = {"contents": [_content(one, signs=signs) for one in said.said]}
    if said.system:
        body["systemInstruction"] = {"parts": [{"text": text} for text in said.system]}
    if said.tools:
        declared = [
            {"name": tool.name, "parametersJsonSchema": tool.schema}
            | ({"description": tool.description} if tool.description else {})
            for tool in said.tools
        ]
        body["tools"] = [{"functionDeclarations": declared}]
    if said.choice is not None and said.tools:
        calling: dict[str, object] = {"mode": MODES[said.choice.mode]}
        if said.choice.name:
            calling["allowedFunctionNames"] = [said.choice.name]
        body["toolConfig"] = {"functionCallingConfig": calling}
    if manner := _manner(said):
        body["generationConfig"] = manner
    return body


def _manner(said: Conversation) -> dict[str, object]:
    """Say how it is to be answered."""
    if len(said.stop) > STOPS_MAX:
        raise cannot_say(said.names.stop)
    json = "application/json" if said.json or said.schema is not None else None
    wishes = {
        "maxOutputTokens": said.output_max,
        "temperature": said.temperature,
        "topP": said.top_p,
        "topK": said.top_k,
        "presencePenalty": said.presence,
        "frequencyPenalty": said.frequency,
        "seed": said.seed,
        "stopSequences": said.stop or None,
        "responseMimeType": json,
        "responseJsonSchema": said.schema,
    }
    return {name: value for name, value in wishes.items() if value is not None}


def _content(one: Said, *, signs: bool) -> dict[str, object]:
    parts = [_part(block) for block in one.blocks]
    called = next((part for part in parts if "functionCall" in part), None)
    if signs and called is not None:
        called["thoughtSignature"] = UNSIGNED  # only the first call of a turn has one
    return {"role": "model" if one.role == "assistant" else "user", "parts": parts}


def _part(block: Block) -> dict[str, object]:
    match block:
        case Text(text=text):
            return {"text": text}
        case Image(kind=kind, data=data) if data:
            return {"inlineData": {"mimeType": kind, "data": data}}
        case Image(path=path):
            raise cannot_say(path)  # an address must be one of Google's own storage
        case Call(name=name, arguments=arguments):
            return {"functionCall": {"name": name, "args": arguments}}
        case Result(name=name, text=text, failed=failed):
            response = {"error" if failed else "output": text}
            return {"functionResponse": {"name": name, "response": response}}
        case _:
            assert_never(block)


class _Hearing:
    def __init__(self) -> None:
        self._events = Events()
        self._begun = False
        self._id = ""
        self._calls = 0

    def feed(self, chunk: bytes) -> Iterable[Part]:
        try:
            events = self._events.feed(chunk)
        except TooLong as error:
            raise Unreadable(str(error)) from error
        return [part for event in events for part in self._parts(event)]

    def _parts(self, event: Event) -> list[Part]:
        if not event.data:
            return []
        answer = _decoded(event.data)
        if answer.error is not None:
            return [Failing(answer.error.failure, answer.error.said)]
        parts: list[Part] = []
        if not self._begun:
            self._begun, self._id = True, answer.response_id
            parts.append(Begun(self._id, answer.model_version))
        for one in answer.parts:
            parts += self._said(one)
        return [*parts, *self._end(answer)]

    def _said(self, part: _Part) -> list[Part]:
        if part.functionCall is None:
            return [TextPart(part.text)] if part.text else []
        called = part.functionCall
        begun = CallBegun(_id_of(called, self._id, self._calls), called.name)
        self._calls += 1
        return [begun, CallPart(bytes(called.args).decode())]

    def _end(self, answer: _Answer) -> list[Part]:
        usage = answer.usage_metadata.usage if answer.usage_metadata else None
        reason = answer.candidate.finish_reason
        if answer.blocked:
            return [Ended("filter", usage)]
        if not reason:
            return []
        finish = FINISH.get(reason)
        if finish is None:
            raise Spoilt(f"finished by {reason}"[:99])
        return [Ended("tools" if self._calls and finish == "stop" else finish, usage)]
