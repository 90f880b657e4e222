"""The reference page of dialects: which API is answered by which provider, and what is lost."""

from collections.abc import Iterator

from tenken.wire.api import Api
from tenken.wire.pairs import PAIRS, Pair

PATHS = {
    Api.CHAT: "/v1/chat/completions",
    Api.RESPONSES: "/v1/responses",
    Api.EMBEDDINGS: "/v1/embeddings",
    Api.MESSAGES: "/v1/messages",
}
SIDES = {
    "openai": "OpenAI, Azure OpenAI, vLLM, Ollama and everything compatible",
    "openai-stored": "the same, where responses may be kept at the provider",
    "azure": "Azure OpenAI by deployment (`api_version`)",
    "anthropic": "Anthropic",
    "vertex-anthropic": "Claude on Vertex AI",
    "gemini": "Google Gemini, on Vertex AI or by key",
    "bedrock": "Amazon Bedrock (Converse)",
}
INTRODUCTION = """\
# Dialects

A caller speaks one of four APIs; a target is spoken to in the words of its provider.

- **exact**: the bytes pass through. Only the model's name is put in, by its position, and a stream
  is always asked for its tokens. Fields that are not known here need an entry in
  `gateway.pass_through`.
- **approximate**: the request is said anew. Text, tool calls and their results, images that are
  sent along, the reason why an answer ends, and its tokens are the same at both ends, whole or
  streamed.
- **refused**: the pair is not translated. A route may still hold such a target: it is passed over
  for this API.

What would change the answer and has no words at the provider is never dropped: the request goes to
the route's next target, and is refused with the name of the field where there is none
(`unsupported_parameter`). What is listed as *not passed on* asks for nothing that would stand in
the answer.
"""
NOTES = """\
## What is different in a translated answer

- A chat answered by another API has `created` 0: the others do not tell when they answered.
- Thinking is counted as reasoning tokens where the provider tells them apart; its text is not
  passed on. Bedrock does not tell them apart.
- A target of Anthropic is given `max_tokens` 4096 where the caller names no limit.
- Instructions of the system stand before everything else; one in the middle of a conversation is
  refused.
- Calls in a conversation that goes on with Gemini 3 are marked as unsigned: no caller's API has a
  place for the signature of a thought.
- Bedrock names neither the answer nor the model that gave it: `id` is empty, and `model` is the
  name that was asked for.

## What is kept at a provider

OpenAI keeps every response for 30 days unless it is told not to. Where the caller says nothing,
`store` is set to `false`. A request that needs something kept (`previous_response_id`,
`conversation`, `background`, `store`, `prompt`, an `item_reference`) goes only to the first target
of its route that keeps responses, and never fails over.

## Where this comes from

The vendors' public API references and client types, as they were in November 2026: OpenAI's Python
client 3.51, Anthropic's 2.8, botocore 1.44, Google's reference of `generateContent`. The exchanges
in the tests are written after them; none is recorded from a service.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_grid(), "", *_details(), NOTES])


def _grid() -> Iterator[str]:
    yield "## All pairs\n"
    yield "| provider | " + " | ".join(f"`{path}`" for path in PATHS.values()) + " |"
    yield "|---" * (len(PATHS) + 1) + "|"
    for side, name in SIDES.items():
        how = {pair.api: pair.how for pair in PAIRS if pair.side == side}
        yield f"| `{side}`: {name} | " + " | ".join(how[api] for api in PATHS) + " |"


def _details() -> Iterator[str]:
    yield "## What each pair has no words for\n"
    for pair in PAIRS:
        if pair.lost or pair.refused:
            yield from _pair(pair)


def _pair(pair: Pair) -> Iterator[str]:
    yield f"### `{PATHS[pair.api]}` at `{pair.side}`\n"
    if pair.refused:
        yield f"- refused: {_names(pair.refused)}"
    if pair.lost:
        yield f"- not passed on: {_names(pair.lost)}"
    yield ""


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(
        f"`{name}`{rest and ' ('}{rest}"
        for name, _, rest in (one.partition(" (") for one in names)
    )
