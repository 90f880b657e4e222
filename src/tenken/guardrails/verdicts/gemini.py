"""The safety ratings that Gemini gives with every answer, and what is asked of it for them."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct, field

from tenken.guardrails.match import Match
from tenken.guardrails.verdicts.verdict import Opinion, Seer, Unusable, whole

NAME = "gemini_safety"
RISKS: Mapping[str, str] = {
    "HARM_CATEGORY_HARASSMENT": "harm.harassment",
    "HARM_CATEGORY_HATE_SPEECH": "harm.hate",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT": "harm.sexual",
    "HARM_CATEGORY_DANGEROUS_CONTENT": "harm.crime",
    "HARM_CATEGORY_CIVIC_INTEGRITY": "topic.politics",
}
SET = tuple(RISKS)[:4]
"""What may be asked for on every model."""
SCORES: Mapping[str, float] = {"NEGLIGIBLE": 0.05, "LOW": 0.3, "MEDIUM": 0.6, "HIGH": 0.9}
BLOCKED = 0.95
STOPPED: Mapping[str, str] = {
    "SAFETY": "harm.crime",
    "PROHIBITED_CONTENT": "harm.csam",
    "SPII": "pii",
    "BLOCKLIST": "harm.crime",
    "RECITATION": "ip.copyright",
}
"""Why the provider gave no answer, where no rating says it."""
SEER = Seer(name=NAME, risks=tuple(dict.fromkeys([*RISKS.values(), *STOPPED.values()])))


class _Rating(Struct, rename="camel"):
    category: str
    probability: str = ""
    probability_score: float | None = None
    blocked: bool = False


class _Candidate(Struct, rename="camel"):
    safety_ratings: tuple[_Rating, ...] = ()
    finish_reason: str = ""


class _Feedback(Struct, rename="camel"):
    safety_ratings: tuple[_Rating, ...] = ()
    block_reason: str = ""


class _Reply(Struct, rename="camel"):
    candidates: tuple[_Candidate, ...] = ()
    prompt_feedback: _Feedback = field(default_factory=_Feedback)


_REPLY = msgspec.json.Decoder(_Reply)


def settings(threshold: str = "BLOCK_NONE") -> list[dict[str, str]]:
    """Give `safetySettings`: the provider rates, and our own policy decides."""
    return [{"category": category, "threshold": threshold} for category in SET]


def read(answer: bytes, text: str) -> Opinion:
    """Give the opinion in an answer of `generateContent`, or in one chunk of its stream."""
    try:
        reply = _REPLY.decode(answer)
    except msgspec.MsgspecError:
        return Unusable(reason="no_answer")
    ratings = [*reply.prompt_feedback.safety_ratings]
    reasons = [reply.prompt_feedback.block_reason]
    for candidate in reply.candidates:
        ratings += candidate.safety_ratings
        reasons.append(candidate.finish_reason)
    if any(_unknown(rating) for rating in ratings):
        return Unusable(reason="unknown_category")
    return (*_rated(ratings, text), *_stopped(reasons, text))


def _unknown(rating: _Rating) -> bool:
    known = rating.blocked or rating.probability_score is not None or rating.probability in SCORES
    return rating.category not in RISKS or not known


def _rated(ratings: list[_Rating], text: str) -> Iterator[Match]:
    for rating in ratings:
        score = rating.probability_score
        if score is None:
            score = SCORES.get(rating.probability, 0.0)
        risk = RISKS[rating.category]
        rule = f"{NAME}.{rating.category.removeprefix('HARM_CATEGORY_').lower()}"
        yield whole(text or " ", risk, rule, BLOCKED if rating.blocked else score)


def _stopped(reasons: list[str], text: str) -> Iterator[Match]:
    for reason in reasons:
        if reason in STOPPED:
            rule = f"{NAME}.stopped_{reason.lower()}"
            yield whole(text or " ", STOPPED[reason], rule, BLOCKED)
