"""The moderation endpoint of OpenAI, and those that speak as it does."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tenken.guardrails.verdicts.verdict import Opinion, Seer, Unusable, whole

NAME = "moderation"
MODEL = "omni-moderation-latest"
FLAGGED = 0.5
"""A category that the provider itself flags is at least as sure as this."""
RISKS: Mapping[str, str] = {
    "harassment": "harm.harassment",
    "harassment/threatening": "harm.harassment",
    "hate": "harm.hate",
    "hate/threatening": "harm.hate",
    "illicit": "harm.crime",
    "illicit/violent": "harm.weapons",
    "self-harm": "harm.self_harm",
    "self-harm/instructions": "harm.self_harm",
    "self-harm/intent": "harm.self_harm",
    "sexual": "harm.sexual",
    "sexual/minors": "harm.csam",
    "violence": "harm.violence",
    "violence/graphic": "harm.violence",
}
SEER = Seer(name=NAME, risks=tuple(dict.fromkeys(RISKS.values())))


class _Result(Struct):
    categories: dict[str, bool | None]
    category_scores: dict[str, float]


class _Reply(Struct):
    results: tuple[_Result, ...]


_REPLY = msgspec.json.Decoder(_Reply)


def request(text: str, *, model: str = MODEL) -> bytes:
    """Give the body of a request to `/moderations`."""
    return msgspec.json.encode({"model": model, "input": text})


def read(answer: bytes, text: str) -> Opinion:
    """Give the opinion in an answer; a category that we do not know makes it no answer."""
    try:
        result = _REPLY.decode(answer).results[0]
    except (msgspec.MsgspecError, IndexError):
        return Unusable(reason="no_answer")
    if not set(result.category_scores) <= set(RISKS):
        return Unusable(reason="unknown_category")
    if not text:
        return ()
    return tuple(
        whole(text, RISKS[category], _rule(category), _score(result, category))
        for category in result.category_scores
    )


def _score(result: _Result, category: str) -> float:
    score = result.category_scores[category]
    return max(score, FLAGGED) if result.categories.get(category) else score


def _rule(category: str) -> str:
    return f"{NAME}.{category.replace('/', '_').replace('-', '_')}"
