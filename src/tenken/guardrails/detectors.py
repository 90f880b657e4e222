"""All detectors that ship, listed: what is not here is not asked."""

from tenken.guardrails.detector import Detector
from tenken.guardrails.pii import (
    address,
    bank,
    birth,
    email,
    english_names,
    names,
    network,
    numbers,
    phone,
)
from tenken.guardrails.secrets import keys, texts

PII: tuple[Detector, ...] = (
    numbers.DETECTOR,
    bank.DETECTOR,
    phone.DETECTOR,
    email.DETECTOR,
    address.DETECTOR,
    birth.DETECTOR,
    network.DETECTOR,
    names.DETECTOR,
    english_names.DETECTOR,
)

SECRETS: tuple[Detector, ...] = (keys.DETECTOR, texts.DETECTOR)

INJECTION: tuple[Detector, ...] = ()

LEAK: tuple[Detector, ...] = ()

OUTPUT: tuple[Detector, ...] = ()

TOPICS: tuple[Detector, ...] = ()

SHIPPED: tuple[Detector, ...] = (*PII, *SECRETS, *INJECTION, *LEAK, *OUTPUT, *TOPICS)
