"""The guard libraries that are known, and what their parts look for."""

from collections.abc import Mapping
from functools import lru_cache

from tenken.readiness.facts.code import GuardStage, GuardTopic

INJECTION, OFF_TOPIC, PII = GuardTopic.INJECTION, GuardTopic.OFF_TOPIC, GuardTopic.PII
HARM, GROUNDING = GuardTopic.HARM, GuardTopic.GROUNDING

SCANNERS: Mapping[str, GuardTopic] = {
    "PromptInjection": INJECTION, "InvisibleText": INJECTION, "DetectJailbreak": INJECTION,
    "DetectPromptInjection": INJECTION, "BanTopics": OFF_TOPIC, "RestrictToTopic": OFF_TOPIC,
    "BanCompetitors": OFF_TOPIC, "BanSubstrings": OFF_TOPIC, "Relevance": OFF_TOPIC,
    "Anonymize": PII,
    "Secrets": PII, "DetectPII": PII, "Sensitive": PII, "GuardrailsPII": PII,
    "SecretsPresent": PII,
    "Toxicity": HARM, "ToxicLanguage": HARM, "NSFWText": HARM, "Bias": HARM, "ProfanityFree": HARM,
    "FactualConsistency": GROUNDING, "ProvenanceLLM": GROUNDING, "ProvenanceEmbeddings": GROUNDING,
    "GroundedAIHallucination": GROUNDING, "BespokeMiniCheck": GROUNDING, "PIIMiddleware": PII,
}  # fmt: skip
"""Scanners, validators and middleware by their class names."""
ENGINES: tuple[tuple[str, str, tuple[GuardTopic, ...], GuardStage | None], ...] = (
    ("llm_guard.scan_prompt", "llm-guard", (), GuardStage.INPUT),
    ("llm_guard.scan_output", "llm-guard", (), GuardStage.OUTPUT),
    ("guardrails.Guard.validate", "guardrails", (), None),
    ("guardrails.Guard.parse", "guardrails", (), None),
    ("guardrails.AsyncGuard.validate", "guardrails", (), None),
    ("presidio_analyzer.AnalyzerEngine.analyze", "presidio", (PII,), None),
    ("nemoguardrails.LLMRails.generate", "nemoguardrails", (), GuardStage.BOTH),
    ("nemoguardrails.LLMRails.generate_async", "nemoguardrails", (), GuardStage.BOTH),
    ("google.cloud.modelarmor", "model-armor", (INJECTION, PII, HARM), None),
    ("google.cloud.dlp", "google-dlp", (PII,), None),
    ("azure.ai.contentsafety", "azure-content-safety", (HARM,), None),
    ("detoxify.Detoxify", "detoxify", (HARM,), None),
    ("rebuff", "rebuff", (INJECTION,), GuardStage.INPUT),
)
ENGINE_METHODS = frozenset({
    "scan_prompt", "scan_output", "validate", "parse", "analyze", "generate", "generate_async",
    "scan",
    "sanitize_user_prompt", "sanitize_model_response", "inspect_content", "deidentify_content",
    "analyze_text", "predict", "detect_injection", "shield_prompt",
})  # fmt: skip
HOSTS: Mapping[str, tuple[str, tuple[GuardTopic, ...]]] = {
    "api.lakera.ai": ("lakera", (INJECTION, PII)), "modelarmor": ("model-armor", (INJECTION, PII,
    HARM)),
    "text:shieldPrompt": ("azure-prompt-shield", (INJECTION,)),
    "text:detectGroundedness": ("azure-groundedness", (GROUNDING,)),
}  # fmt: skip
OWN = "own"
OWN_WORDS = ("guard", "moderat", "injection", "jailbreak", "is_safe", "safety", "pii",
    "sanitize_input",
             "content_filter", "check_input", "check_output")  # fmt: skip
OWN_TOPICS: Mapping[GuardTopic, tuple[str, ...]] = {
    INJECTION: ("injection", "jailbreak", "ignore previous", "previous instructions",
        "system prompt"),
    PII: ("pii", "email", "phone", "マイナンバー", "電話"), OFF_TOPIC: ("off_topic", "off-topic"),
    HARM: ("toxic", "harmful", "violence", "hate"), GROUNDING: ("grounded", "hallucination"),
}  # fmt: skip
"""Words in a module of checks that tell what it looks for; it is reported, never counted."""
LOGGERS = frozenset(
    {"info", "warning", "error", "exception", "critical", "warn", "debug", "log", "print"}
)
RECORDERS = frozenset({*LOGGERS - {"debug"}, "increment", "inc", "add", "record",
    "distribution", "emit", "track", "insert",
                       "save", "publish", "count", "histogram", "capture_message", "create",
                       "write", "send"})  # fmt: skip
"""What keeps something; nobody runs production at the level of debugging."""
MAX_ABOVE = 60


@lru_cache(maxsize=8192)
def is_own_name(name: str) -> bool:
    """A function that sounds like a check."""
    said = name.lower()
    return any(word in said for word in OWN_WORDS)


def judged_by(model: str) -> GuardTopic:
    """What a model that only judges looks for."""
    name = model.lower().replace("-", "").replace("_", "")
    return INJECTION if "promptguard" in name else HARM
