"""Variables that turn tracing off or keep content out of it, in code and in what is deployed."""

from collections.abc import Mapping

DROPS: Mapping[str, str] = {
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "false",
    "TRACELOOP_TRACE_CONTENT": "false",
    "LANGCHAIN_HIDE_INPUTS": "true", "LANGSMITH_HIDE_INPUTS": "true",
    "OPENINFERENCE_HIDE_INPUTS": "true",
    "DD_OPENAI_SPAN_PROMPT_COMPLETION_SAMPLE_RATE": "0",
}  # fmt: skip
DISABLERS: Mapping[str, str] = {
    "DD_TRACE_ENABLED": "false", "DD_LLMOBS_ENABLED": "0", "OTEL_SDK_DISABLED": "true",
    "DD_TRACE_SAMPLE_RATE": "0",
    "LANGCHAIN_TRACING_V2": "false", "LANGSMITH_TRACING": "false", "OTEL_TRACES_EXPORTER": "none",
    "OTEL_TRACES_SAMPLER": "always_off",
}  # fmt: skip
SAMPLING_RULES = "DD_TRACE_SAMPLING_RULES"
AGENT_ADDRESSES = frozenset({"DD_AGENT_HOST", "DD_TRACE_AGENT_URL", "DD_TRACE_AGENT_HOSTNAME"})
"""Where `ddtrace` finds the agent that takes its spans."""
GUARD_WORDS = ("GUARD", "MODERATION", "SAFETY", "INJECTION")
ONLY_WATCHES = frozenset({
    "log", "logging", "log_only", "off", "false", "0", "no", "none", "disabled", "monitor",
    "report", "shadow", "dry_run", "dry-run", "observe",
})  # fmt: skip
"""Values with which a guard stops nothing."""
