"""The tracing libraries that are known, and how each is started: data only."""

from collections.abc import Mapping

LIBRARIES: Mapping[str, str] = {
    "ddtrace.llmobs": "ddtrace.llmobs", "ddtrace": "ddtrace", "opentelemetry": "opentelemetry",
    "langfuse": "langfuse", "langsmith": "langsmith", "mlflow": "mlflow",
    "traceloop": "openllmetry",
    "openinference": "openinference", "phoenix": "openinference", "logfire": "logfire",
    "azure.monitor.opentelemetry": "opentelemetry", "sentry_sdk": "sentry", "aws_xray_sdk": "xray",
    "elasticapm": "elastic-apm", "newrelic": "newrelic", "weave": "weave", "opik": "opik",
    "braintrust": "braintrust", "agentops": "agentops", "arize.otel": "openinference",
}  # fmt: skip
MODEL_TRACERS = frozenset(
    {
        "ddtrace.llmobs",
        "langfuse",
        "langsmith",
        "mlflow",
        "openllmetry",
        "openinference",
        "weave",
        "opik",
        "braintrust",
        "agentops",
    }
)
STARTERS: Mapping[str, frozenset[str]] = {
    "ddtrace.llmobs": frozenset({"enable"}),
    "ddtrace": frozenset({"patch", "patch_all", "trace", "wrap", "start_span",
    "start_active_span"}),
    "opentelemetry": frozenset({"set_tracer_provider", "configure_azure_monitor"}),
    "langfuse": frozenset({"Langfuse", "CallbackHandler", "observe", "OpenAI", "AsyncOpenAI",
    "AzureOpenAI",
                           "get_client"}),
    "langsmith": frozenset({"traceable", "wrap_openai", "wrap_anthropic", "Client"}),
    "mlflow": frozenset({"autolog", "trace", "start_span"}), "openllmetry": frozenset({"init"}),
    "openinference": frozenset({"instrument", "register"}), "logfire": frozenset({"configure"}),
    "sentry": frozenset({"init"}), "xray": frozenset({"patch_all", "patch"}),
    "elastic-apm": frozenset({"ElasticAPM", "Client"}), "newrelic": frozenset({"initialize"}),
    "weave": frozenset({"init"}), "agentops": frozenset({"init"}),
    "opik": frozenset({"track", "track_openai", "track_anthropic", "track_litellm",
                       "track_crewai", "OpikLogger", "OpikTracer", "OpikConnector"}),
    "braintrust": frozenset({"traced", "wrap_openai", "wrap_anthropic", "wrap_litellm",
                             "auto_instrument"}),
}  # fmt: skip
OWN_BACKEND = frozenset({"ddtrace", "ddtrace.llmobs", "langfuse", "langsmith", "openllmetry",
    "logfire", "sentry",
                         "xray", "elastic-apm", "newrelic", "weave", "opik", "braintrust",
                         "agentops"})  # fmt: skip
"""Libraries that send to their own back end once they are started."""
FOUNDING = frozenset({("openllmetry", "init"), ("openinference", "register")})
"""Starts that set up the provider of OpenTelemetry, with an exporter of its own."""
PATCHED_BY_IMPORT: Mapping[str, str] = {"ddtrace.auto": "ddtrace"}
"""Modules that are imported for what importing them patches."""
EXPORTERS = frozenset({"OTLPSpanExporter", "CloudTraceSpanExporter", "AzureMonitorTraceExporter",
    "configure_azure_monitor",
                       "JaegerExporter", "ZipkinExporter", "DatadogSpanExporter",
                       "XRaySpanExporter"})  # fmt: skip
CONSOLE = frozenset({"ConsoleSpanExporter", "InMemorySpanExporter"})
MODEL_INSTRUMENTORS = ("OpenAIInstrumentor", "AnthropicInstrumentor", "VertexAIInstrumentor",
    "BedrockInstrumentor",
                       "LangchainInstrumentor", "LangChainInstrumentor",
                       "GoogleGenerativeAiInstrumentor",
                       "GoogleGenAiSdkInstrumentor", "LlamaIndexInstrumentor",
                       "OpenAIAgentsInstrumentor",
                       "LiteLLMInstrumentor", "instrument_openai", "instrument_anthropic",
                       "instrument_litellm",
                       "instrument_google_genai", "instrument_openai_agents",
                       "instrument_pydantic_ai",
                       "OpenAIV2Instrumentor", "OpenAIAutoInstrumentor")  # fmt: skip
WEB_INSTRUMENTORS = ("FastAPIInstrumentor", "FlaskInstrumentor", "DjangoInstrumentor",
    "StarletteInstrumentor",
                     "OpenTelemetryMiddleware", "instrument_fastapi", "instrument_django",
                     "instrument_flask",
                     "TraceMiddleware", "ASGIMiddleware")  # fmt: skip
MASKS = frozenset({"mask", "span_processor", "hide_inputs", "hide_outputs", "anonymizer",
    "span_processors",
                   "span_postprocess_callback", "mask_inputs", "mask_outputs"})  # fmt: skip
OF_OPENTELEMETRY = frozenset({"opentelemetry", "openinference", "openllmetry", "logfire"})
"""Libraries whose spans leave by a provider of OpenTelemetry that others can add to."""
LAUNCHERS: Mapping[str, str] = {
    "ddtrace-run": "ddtrace", "opentelemetry-instrument": "opentelemetry",
    "newrelic-admin": "newrelic",
}  # fmt: skip
MODELS_BY_LAUNCHER = frozenset({"ddtrace", "newrelic"})
"""What their launchers patch includes the clients of models."""
BY_HAND = frozenset({"trace", "wrap", "start_span", "start_active_span"})
"""Starts of a library that make one span each, where the code says so."""
LOCAL_EXPORTERS: Mapping[str, str] = {"OTLPSpanExporter": "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""Exporters that send to the same machine unless a variable says otherwise."""
INSTRUMENTS_ALL = "configure_azure_monitor"
"""Instruments the web framework, the clients and the log by itself."""
MAX_START_BYTES = 200_000
START_SUFFIXES = frozenset(
    {".sh", ".yaml", ".yml", ".tf", ".toml", ".json", ".dockerfile", ".bicep"}
)
START_NAMES = ("Dockerfile", "Procfile", "Makefile", "docker-compose", "compose")
REQUEST_IDS = ("x-request-id", "x-correlation-id", "traceparent", "x-cloud-trace-context",
    "x-amzn-trace-id",
               "request-id", "x-trace-id", "x-context-id")  # fmt: skip
RECORD_METHODS = frozenset({"set_attribute", "set_attributes", "set_tag", "set_metric",
    "annotate", "update",
                            "update_current_generation", "update_current_observation",
                            "update_current_span",
                            "start_as_current_span", "generation", "log_metric"})  # fmt: skip
