"""Settings, read from the environment once at start."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    environment: str
    openai_api_key: str
    answer_model: str
    fallback_model: str
    llm_timeout_seconds: float
    llm_max_attempts: int
    guard_mode: str
    api_token: str | None
    shift_api_url: str | None
    requests_per_minute: int
    statsd_host: str
    statsd_port: int


def load() -> Settings:
    env = os.environ.get
    return Settings(
        environment=env("ENVIRONMENT", "local"),
        openai_api_key=env("OPENAI_API_KEY", "not-set"),
        answer_model=env("ANSWER_MODEL", "gpt-4o"),
        fallback_model=env("FALLBACK_MODEL", "gpt-4o-mini"),
        llm_timeout_seconds=float(env("LLM_TIMEOUT_SECONDS", "20")),
        llm_max_attempts=int(env("LLM_MAX_ATTEMPTS", "3")),
        guard_mode=env("GUARD_MODE", "block"),
        api_token=env("SHIFT_DESK_API_TOKEN") or None,
        shift_api_url=env("SHIFT_API_URL") or None,
        requests_per_minute=int(env("REQUESTS_PER_MINUTE", "60")),
        statsd_host=env("DD_AGENT_HOST", "127.0.0.1"),
        statsd_port=int(env("DD_DOGSTATSD_PORT", "8125")),
    )


settings = load()
