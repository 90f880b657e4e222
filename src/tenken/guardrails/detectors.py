"""All detectors that ship, listed: what is not here is not asked."""

from tenken.guardrails.detector import Detector

PII: tuple[Detector, ...] = ()

SECRETS: tuple[Detector, ...] = ()

INJECTION: tuple[Detector, ...] = ()

LEAK: tuple[Detector, ...] = ()

OUTPUT: tuple[Detector, ...] = ()

TOPICS: tuple[Detector, ...] = ()

SHIPPED: tuple[Detector, ...] = (*PII, *SECRETS, *INJECTION, *LEAK, *OUTPUT, *TOPICS)
