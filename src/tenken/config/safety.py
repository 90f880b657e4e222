"""What `tenken.yaml` says of sensitive data, of risks, and of the rules that answer them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenken.config.values import Name, Text, Treatment, Url


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUse:
    """What a provider may do with what we send."""

    provider: Text
    tier: Text
    region: str = ""
    terms: Url | None = None
    terms_read_at: date | None = None
    training: Literal["opted_out", "not_used", "accepted_risk", "unknown"] = "unknown"
    opt_out: str = ""
    """Where the opt-out is set: a flag in code, a contract, a console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataType:
    """A type of sensitive data and how it is treated."""

    name: Name
    data_class: Text
    treatment: Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Which data is sensitive, and by which criteria."""

    criteria: str = ""
    types: tuple[DataType, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A safety risk of the use case."""

    id: Name
    severity: Literal["low", "medium", "high", "critical"]
    example: Text
    owner: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRule:
    """A rule that answers a risk."""

    id: Name
    risks: tuple[Name, ...]
    action: Literal["shadow", "flag", "mask", "block"]
    stage: Literal["input", "output"] = "input"
    tests: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """Risks, the rules that answer them, and who is called."""

    risks: tuple[Risk, ...] = ()
    guards: tuple[GuardRule, ...] = ()
    incident_process: str = ""
    contact: str = ""
