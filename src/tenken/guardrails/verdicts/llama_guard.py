"""A model of the Llama Guard kind, behind an API that speaks as OpenAI's chat does.

It is sent the conversation as it is, and answers `safe`, or `unsafe` and the codes of what is.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tenken.guardrails.text import Direction
from tenken.guardrails.verdicts.verdict import Opinion, Seer, Unusable, whole

NAME = "llama_guard"
SURE = 0.9
"""It gives no score."""
RISKS: Mapping[str, tuple[str, ...]] = {
    "S1": ("harm.violence",),
    "S2": ("harm.crime",),
    "S3": ("harm.sexual",),
    "S4": ("harm.csam",),
    "S5": ("claim.defamation",),
    "S6": ("topic.medical", "topic.legal", "topic.financial"),
    "S7": (),
    "S8": ("ip.copyright",),
    "S9": ("harm.weapons",),
    "S10": ("harm.hate",),
    "S11": ("harm.self_harm",),
    "S12": ("harm.sexual",),
    "S13": ("topic.politics",),
    "S14": ("harm.crime",),
}
"""S6 does not say which advice; S7 (privacy) names no value to mask, and rules see the values."""
SEER = Seer(
    name=NAME, risks=tuple(dict.fromkeys(risk for all_ in RISKS.values() for risk in all_))
)


class _Message(Struct):
    content: str | None = None


class _Choice(Struct):
    message: _Message


class _Reply(Struct):
    choices: tuple[_Choice, ...]


_REPLY = msgspec.json.Decoder(_Reply)


def request(text: str, direction: Direction, *, model: str, asked: str = "") -> bytes:
    """Give the body of a request; for an answer, with what was asked before it."""
    messages = [{"role": "user", "content": text}]
    if direction is Direction.OUTWARD:
        messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": text}]
    body = {"model": model, "messages": messages, "temperature": 0, "max_tokens": 64}
    return msgspec.json.encode(body)


def read(answer: bytes, text: str) -> Opinion:
    """Give the opinion in an answer."""
    try:
        content = _REPLY.decode(answer).choices[0].message.content
    except (msgspec.MsgspecError, IndexError):
        return Unusable(reason="no_answer")
    said = (content or "").split()
    if said == ["safe"]:
        return ()
    codes = [code for word in said[1:] for code in word.split(",") if code]
    if said[:1] != ["unsafe"] or not codes or not set(codes) <= set(RISKS):
        return Unusable(reason="other_form")
    return tuple(
        whole(text, risk, f"{NAME}.{code.lower()}", SURE)
        for code in codes
        for risk in RISKS[code]
        if text
    )
