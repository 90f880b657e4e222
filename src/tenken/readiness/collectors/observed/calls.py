"""Tells which spans are calls of a model, and what each carries, in the words of each convention.

OpenTelemetry's GenAI conventions in their older and newer form, OpenInference, OpenLLMetry,
Langfuse and the Vercel AI SDK; what none of them names is not guessed.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tenken.pattern import Pattern
from tenken.readiness.collectors.observed.fields import moment, text
from tenken.readiness.facts.observed.traces import ModelCall, Part, Span, Value

OPERATIONS = frozenset({"chat", "text_completion", "generate_content", "completion"})
MODELS = (
    "gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "llm.request.model",
    "langfuse.observation.model.name", "ai.model.id",
)  # fmt: skip
INPUT_TOKENS = (
    "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt",
    "llm.usage.prompt_tokens", "ai.usage.promptTokens", "ai.usage.inputTokens",
)  # fmt: skip
OUTPUT_TOKENS = (
    "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
    "llm.usage.completion_tokens", "ai.usage.completionTokens", "ai.usage.outputTokens",
)  # fmt: skip
CACHE_READ = (
    "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
)  # fmt: skip
FIRST_TOKEN_S = (
    "gen_ai.response.time_to_first_chunk", "gen_ai.response.time_to_first_token",
    "gen_ai.server.time_to_first_token", "gen_ai.client.operation.time_to_first_chunk",
    "llm.time_to_first_token",
)  # fmt: skip
FIRST_TOKEN_MS = ("ai.response.msToFirstChunk", "llm.latency.time_to_first_token_ms")
FIRST_TOKEN_EVENTS = (
    "gen_ai.first_token", "first_token", "First Token Stream Event", "ai.stream.firstChunk",
    "llm.content.completion.chunk", "gen_ai.content.completion.chunk",
)  # fmt: skip
COSTS = (
    "gen_ai.usage.cost", "gen_ai.usage.total_cost", "llm.cost.total", "llm.usage.total_cost",
    "operation.cost", "gen_ai.cost.total_cost",
)  # fmt: skip
STREAMS = (
    "gen_ai.request.stream",
    "llm.is_streaming",
    "gen_ai.is_streaming",
    "llm.request.stream",
)
PROMPTS = (
    "tenken.prompt.digest", "gen_ai.prompt.digest", "gen_ai.prompt.sha256", "prompt.sha256",
    "prompt.digest", "app.prompt.sha256", "app.prompt.digest", "tenken.prompt.version",
    "prompt.hash",
    "gen_ai.prompt.version", "langfuse.observation.prompt.version", "llm.prompt_template.version",
    "traceloop.prompt.version_hash", "traceloop.prompt.version", "prompt.version",
)  # fmt: skip
SESSIONS = ("session.id", "gen_ai.conversation.id", "langfuse.session.id")
ROUTES = ("tenken.route", "app.route", "gen_ai.route")
USE_CASES = ("tenken.use_case", "app.use_case", "use_case", "gen_ai.use_case")
PARAMETERS = Pattern(
    r"gen_ai\.request\.(?:temperature|max_tokens|top_p|top_k|seed|stop_sequences|"
    r"frequency_penalty|presence_penalty|reasoning\S*|choice\S*)|llm\.invocation_parameters|"
    r"langfuse\.observation\.model\.parameters|ai\.settings\.\S+|llm\.(?:temperature|top_p)"
)
INPUTS = (
    "gen_ai.input.messages", "gen_ai.prompt", "gen_ai.system_instructions", "input.value",
    "llm.input_messages", "llm.prompts", "traceloop.entity.input", "langfuse.observation.input",
    "ai.prompt", "gen_ai.user.message", "gen_ai.system.message", "gen_ai.content.prompt",
)  # fmt: skip
OUTPUTS = (
    "gen_ai.output.messages", "gen_ai.completion", "output.value", "llm.output_messages",
    "traceloop.entity.output", "langfuse.observation.output", "ai.response.text", "gen_ai.choice",
    "gen_ai.content.completion",
)  # fmt: skip
MESSAGES = (
    "gen_ai.input.messages",
    "langfuse.observation.input",
    "input.value",
    "ai.prompt.messages",
)
NUMBERED = Pattern(
    r"(?:gen_ai\.prompt|llm\.input_messages)\.([0-9]+)\.(?:message\.)?(role|content)"
)
MILLI = 1000.0

Attributes = Mapping[str, Value]


def calls_in(spans: Iterable[Span]) -> tuple[ModelCall, ...]:
    """The calls of a model among spans."""
    return tuple(_call(one) for one in spans if is_call(one.attributes))


def is_call(attributes: Attributes) -> bool:
    """Whether a span says of itself that it is a call of a model that writes."""
    operation = attributes.get("gen_ai.operation.name")
    if operation is not None:
        return operation in OPERATIONS
    kind = text(attributes.get("openinference.span.kind")).upper()
    kind = kind or text(attributes.get("langfuse.observation.type")).upper()
    if kind:
        return kind in {"LLM", "GENERATION"}
    if "llm.request.type" in attributes:
        return attributes["llm.request.type"] in {"chat", "completion"}
    has_tokens = any(name in attributes for name in INPUT_TOKENS)
    return has_tokens and any(name in attributes for name in MODELS)


def _call(span: Span) -> ModelCall:
    found = span.attributes
    return ModelCall(
        span=span,
        model=text(_first(found, MODELS)),
        parameters=tuple(sorted(name for name in found if PARAMETERS.fullmatch(name))),
        input_tokens=_whole(_first(found, INPUT_TOKENS)),
        output_tokens=_whole(_first(found, OUTPUT_TOKENS)),
        cache_read=_whole(_first(found, CACHE_READ)) or 0,
        first_token_s=_first_token(span),
        is_streamed=_truth(_first(found, STREAMS)),
        cost=_cost(found),
        prompt=text(_first(found, PROMPTS)),
        session=text(_first(found, SESSIONS)),
        route=text(_first(found, ROUTES)),
        use_case=text(_first(found, USE_CASES)),
        input="\n".join(_texts(found, INPUTS)),
        output="\n".join(_texts(found, OUTPUTS)),
        turns=tuple(_turns(found)),
    )


def _first(found: Attributes, names: Iterable[str]) -> Value | None:
    return next((found[name] for name in names if found.get(name) not in (None, "")), None)


def _whole(value: Value | None) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _figure(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _truth(value: Value | None) -> bool | None:
    return None if value is None else text(value).lower() in {"true", "1"}


def _first_token(span: Span) -> float | None:
    found = span.attributes
    if (seconds := _figure(_first(found, FIRST_TOKEN_S))) is not None:
        return seconds
    if (milli := _figure(_first(found, FIRST_TOKEN_MS))) is not None:
        return milli / MILLI
    at = moment(text(found.get("langfuse.observation.completion_start_time")).strip('"'))
    if at and span.at:
        return (at - span.at).total_seconds()
    after = (found.get(f"{name}.after_s") for name in FIRST_TOKEN_EVENTS)
    return next((one for one in map(_figure, after) if one is not None), None)


def _cost(found: Attributes) -> float | None:
    if (cost := _figure(_first(found, COSTS))) is not None:
        return cost
    details = _decoded(found.get("langfuse.observation.cost_details"))
    return _figure(details.get("total")) if isinstance(details, Mapping) else None


def _texts(found: Attributes, names: tuple[str, ...]) -> Iterator[str]:
    for name, value in found.items():
        if any(name == one or name.startswith(f"{one}.") for one in names):
            yield str(value)


# -- who speaks


def _turns(found: Attributes) -> Iterator[Part]:
    numbered: dict[str, dict[str, str]] = {}
    for name, value in found.items():
        if match := NUMBERED.fullmatch(name):
            numbered.setdefault(match.group(1), {})[match.group(2)] = str(value)
    if numbered:
        yield from (Part(one.get("role", ""), one.get("content", "")) for one in numbered.values())
        return
    for name in MESSAGES:
        decoded = _decoded(found.get(name))
        messages = decoded.get("messages") if isinstance(decoded, Mapping) else decoded
        if isinstance(messages, list):
            yield from (_part(one) for one in messages if isinstance(one, Mapping))
            break
    if instructions := found.get("gen_ai.system_instructions"):
        yield Part("system", str(instructions))


def _part(message: Mapping[str, Any]) -> Part:
    inner = {name: value for name, value in message.items() if name != "role"}
    return Part(text(message.get("role")), msgspec.json.encode(inner).decode())


def _decoded(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in {"[", "{"}:
        return None
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return None
