"""Sorts an enquiry into a category and an urgency."""

import logging
from typing import Literal

import openai
from pydantic import BaseModel, ValidationError

from app import llm, prompts

logger = logging.getLogger(__name__)

Category = Literal["wage", "cancellation", "penalty", "identity", "account", "other"]


class Classification(BaseModel):
    category: Category
    urgency: Literal["low", "normal", "high"]


UNKNOWN = Classification(category="other", urgency="normal")


def classify(text: str) -> Classification:
    try:
        response = llm.client.chat.completions.create(
            model="gpt-4.1-mini",
            messages=[
                {"role": "system", "content": prompts.read("classify_system")},
                {"role": "user", "content": text},
            ],
            response_format={"type": "json_object"},
            temperature=0,
        )
    except openai.OpenAIError:
        logger.exception("classification failed")
        return UNKNOWN
    content = response.choices[0].message.content or ""
    print(f"[classify] {text} -> {content}")
    try:
        return Classification.model_validate_json(content)
    except ValidationError:
        logger.warning("classification not parsed")
        return UNKNOWN
