"""Everything that talks to the model provider."""

import logging
import time
from dataclasses import dataclass

import openai
from openai import OpenAI
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from app import metrics
from app.config import settings

logger = logging.getLogger(__name__)

client = OpenAI(api_key=settings.openai_api_key)

RETRYABLE = (openai.RateLimitError, openai.APITimeoutError, openai.InternalServerError)

APOLOGY = {
    "ja": "申し訳ありません。ただいま回答を作成できません。担当者よりご連絡いたします。",
    "en": "We are sorry, we cannot answer right now. A member of staff will contact you.",
}


@dataclass
class Completion:
    text: str
    model: str
    tokens: int = 0


def _chat(model: str, messages: list[dict], **options) -> Completion | None:
    started = time.perf_counter()
    try:
        response = client.chat.completions.create(model=model, messages=messages, **options)
    except openai.OpenAIError as error:
        logger.error("llm call failed", extra={"fields": {"model": model, "error": str(error)}})
        return None
    metrics.distribution("shift_desk.llm.latency", time.perf_counter() - started, model=model)
    return _completion(model, response)


def _completion(model: str, response) -> Completion:
    usage = response.usage
    if usage:
        metrics.increment("shift_desk.llm.tokens", usage.prompt_tokens, model=model, kind="input")
        metrics.increment(
            "shift_desk.llm.tokens", usage.completion_tokens, model=model, kind="output"
        )
    return Completion(
        text=response.choices[0].message.content or "",
        model=response.model,
        tokens=usage.total_tokens if usage else 0,
    )


@retry(
    retry=retry_if_exception_type(RETRYABLE),
    wait=wait_exponential(multiplier=0.5, max=8),
    stop=stop_after_attempt(settings.llm_max_attempts),
    reraise=True,
)
def complete(model: str, messages: list[dict], **options) -> Completion | None:
    """One completion, retried with exponential backoff on transient errors."""
    return _chat(model, messages, **options)


def complete_with_fallback(messages: list[dict], language: str, **options) -> Completion:
    """The answer model; when it is down, the fallback model; then an apology."""
    try:
        completion = complete(settings.answer_model, messages, **options)
    except openai.OpenAIError:
        metrics.increment("shift_desk.llm.fallback", model=settings.fallback_model)
        completion = complete(settings.fallback_model, messages, **options)
    if completion is None:
        return Completion(text=APOLOGY[language], model="none")
    return completion
