"""tenken (点検, "inspection"): a readiness checklist for LLM applications, proved by evidence."""

__version__ = "0.1.0"
