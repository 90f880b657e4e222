"""All detectors that ship, listed: what is not here is not asked."""

from typing import TYPE_CHECKING

from tenken.guardrails.detector import Detector
from tenken.guardrails.injection import orders, turns
from tenken.guardrails.leak import canary, overlap
from tenken.guardrails.output import markup, unsupported
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
from tenken.guardrails.pii.names.morphemes import morphemes
from tenken.guardrails.secrets import keys, texts
from tenken.guardrails.topics import hints

if TYPE_CHECKING:
    from tenken.guardrails.policy.policy import Policy

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

INJECTION: tuple[Detector, ...] = (orders.DETECTOR, turns.DETECTOR)

LEAK: tuple[Detector, ...] = (canary.DETECTOR, overlap.DETECTOR)

OUTPUT: tuple[Detector, ...] = (markup.DETECTOR, unsupported.DETECTOR)

TOPICS: tuple[Detector, ...] = (hints.DETECTOR,)

SHIPPED: tuple[Detector, ...] = (*PII, *SECRETS, *INJECTION, *LEAK, *OUTPUT, *TOPICS)


def detectors_for(policy: "Policy") -> tuple[Detector, ...]:
    """Give those that a policy asks; raises MissingExtra where its dictionary is not there."""
    return (*SHIPPED, morphemes()) if policy.names == "dictionary" else SHIPPED
