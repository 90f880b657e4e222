"""All detectors that ship, listed: what is not here is not asked."""

from tenken.guardrails.detector import Detector
from tenken.guardrails.pii import (
    address,
    bank,
    birth,
    email,
    network,
    numbers,
    phone,
)
from tenken.guardrails.pii.names import english, japanese
from tenken.guardrails.secrets import keys, texts

PII: tuple[Detector, ...] = (
    numbers.DETECTOR,
    bank.DETECTOR,
    phone.DETECTOR,
    email.DETECTOR,
    address.DETECTOR,
    birth.DETECTOR,
    network.DETECTOR,
    japanese.DETECTOR,
    english.DETECTOR,
)

SECRETS: tuple[Detector, ...] = (keys.DETECTOR, texts.DETECTOR)

INJECTION: tuple[Detector, ...] = ()

LEAK: tuple[Detector, ...] = ()

OUTPUT: tuple[Detector, ...] = ()

TOPICS: tuple[Detector, ...] = ()

SHIPPED: tuple[Detector, ...] = (*PII, *SECRETS, *INJECTION, *LEAK, *OUTPUT, *TOPICS)
