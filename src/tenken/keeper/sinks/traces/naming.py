"""What each thing we know is called on a span: one table, for each version of the conventions.

The names for generative AI left OpenTelemetry's general conventions after 1.41 and go on in a
repository of their own; nothing of them is stable yet. What they have no word for is `tenken.*`.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Convention = Literal["1.41", "gen-ai-dev", "both"]
SCHEMA_URLS = {
    "1.41": "https://opentelemetry.io/schemas/1.41.0",
    "both": "https://opentelemetry.io/schemas/1.41.0",
    "gen-ai-dev": "",
}
"""Of the newer names no schema is published under an address that stays."""
Value = str | bool | int | float | tuple[str, ...]


class Named(Struct, frozen=True):
    """The attribute of one concept, by convention."""

    v1_41: str
    dev: str = ""
    """Empty where it is the same."""

    def under(self, convention: Convention) -> Iterator[str]:
        """Give the attributes that it is written as."""
        newer = self.dev or self.v1_41
        if convention != "gen-ai-dev":
            yield self.v1_41
        if convention == "gen-ai-dev" or (convention == "both" and newer != self.v1_41):
            yield newer


NAMES = {
    # A request to the gateway.
    "method": Named("http.request.method"),
    "http_route": Named("http.route"),
    "status": Named("http.response.status_code"),
    "error": Named("error.type"),
    # A call to a model.
    "operation": Named("gen_ai.operation.name"),
    "provider": Named("gen_ai.provider.name"),
    "model": Named("gen_ai.request.model"),
    "stream": Named("gen_ai.request.stream"),
    "response_id": Named("gen_ai.response.id"),
    "finish_reasons": Named("gen_ai.response.finish_reasons"),
    "session": Named("gen_ai.conversation.id"),
    "ttft": Named("gen_ai.response.time_to_first_chunk"),
    "region": Named("cloud.region"),
    # Tokens: the input is all that was read, whatever it cost, as the conventions say.
    "input_tokens": Named("gen_ai.usage.input_tokens"),
    "output_tokens": Named("gen_ai.usage.output_tokens"),
    "cache_read_tokens": Named("gen_ai.usage.cache_read.input_tokens"),
    "cache_write_tokens": Named(
        "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens"
    ),
    "reasoning_tokens": Named("gen_ai.usage.reasoning.output_tokens"),
    "usage_source": Named("tenken.usage.source"),
    # What was said, where the settings let this backend have it.
    "instructions": Named("gen_ai.system_instructions"),
    "input_messages": Named("gen_ai.input.messages"),
    "output_messages": Named("gen_ai.output.messages"),
    # Prompt and release.
    "prompt_name": Named("gen_ai.prompt.name"),
    "prompt_version": Named("tenken.prompt.version", "gen_ai.prompt.version"),
    "release": Named("tenken.release.id"),
    "settings": Named("tenken.settings.version"),
    # Whose, and what for.
    "request": Named("tenken.request.id"),
    "caller": Named("tenken.caller"),
    "use_case": Named("tenken.use_case"),
    "route": Named("tenken.route"),
    "drill": Named("tenken.drill"),
    # What became of it.
    "outcome": Named("tenken.outcome"),
    "code": Named("tenken.code"),
    "cost": Named("tenken.cost.micro_usd"),
    "cached": Named("tenken.cached"),
    "client_retry": Named("tenken.client_retry"),
    "queued": Named("tenken.queued_s"),
    "limits": Named("tenken.limits"),
    "attempts": Named("tenken.attempts"),
    "target": Named("tenken.target"),
    "credential": Named("tenken.credential.id"),
    "attempt": Named("tenken.attempt.number"),
    "reason": Named("tenken.attempt.reason"),
    "hedge": Named("tenken.attempt.hedge"),
    # What guards found: nothing of this is in the conventions.
    "guard_stage": Named("tenken.guard.stage"),
    "guard_action": Named("tenken.guard.action"),
    "guard_rules": Named("tenken.guard.rules"),
    "guard_risks": Named("tenken.guard.risks"),
    "guard_delay": Named("tenken.guard.delay_s"),
    "guard_rule": Named("tenken.guard.rule"),
    "guard_risk": Named("tenken.guard.risk"),
    "guard_severity": Named("tenken.guard.severity"),
    "guard_score": Named("tenken.guard.score"),
    "guard_origin": Named("tenken.guard.origin"),
    "judge": Named("tenken.guard.judge"),
    "times": Named("tenken.times"),
}
"""Concept to attribute."""

PROVIDERS = {
    "azure": "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "vertex": "gcp.vertex_ai",
    "vertex-ai": "gcp.vertex_ai",
    "xai": "x_ai",
}
"""The conventions' own words for providers that are usually named otherwise in a file."""


def written(said: dict[str, Value | None], convention: Convention) -> dict[str, Value]:
    """Give the attributes of what is known; what is nothing is left out."""
    return {
        name: value
        for concept, value in said.items()
        if value is not None and value not in ("", ())
        for name in NAMES[concept].under(convention)
    }
