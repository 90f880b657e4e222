"""Writes the reply to an enquiry."""

import logging
from dataclasses import dataclass

from app import knowledge, llm, pii, prompts, shifts

logger = logging.getLogger(__name__)

HANDOVER = {"ja": "担当者", "en": "member of staff"}


@dataclass(frozen=True)
class Reply:
    text: str
    model: str
    needs_human: bool


def _system_prompt(name: str, role: str, text: str, shift: str, faq: str) -> str:
    return f"""You are the support desk of Shift Ichiba, a marketplace for single shifts.
あなたは単発シフトのマーケットプレイス「シフト市場」のサポート担当です。
Reply in the language of the enquiry. 敬語で、簡潔に、200字以内で答えてください。
Never promise that wages are paid on a given date. 罰則の取り消しを約束しないこと。
Use only the FAQ below. When it has no answer, say that a member of staff (担当者) will reply.

Customer: {name} ({role})
Shift: {shift}
Enquiry: {text}

FAQ:
{faq}
"""


def _faq(text: str) -> str:
    entries = knowledge.search(text)
    return "\n".join(f"Q: {entry.question}\nA: {entry.answer}" for entry in entries)


def reply(name: str, role: str, text: str, language: str, shift_id: str | None) -> Reply:
    system = _system_prompt(name, role, text, shifts.describe(shift_id), _faq(text))
    messages = [
        {"role": "system", "content": system},
        {"role": "user", "content": text},
    ]
    completion = llm.complete_with_fallback(messages, language, temperature=0.3, max_tokens=500)
    logger.info(
        "answered",
        extra={
            "fields": {
                "model": completion.model,
                "prompt_version": prompts.version("answer_system"),
                "tokens": completion.tokens,
                "enquiry": pii.mask(text),
            }
        },
    )
    return Reply(
        text=pii.mask(completion.text),
        model=completion.model,
        needs_human=HANDOVER[language] in completion.text,
    )
