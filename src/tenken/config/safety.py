"""What `tenken.yaml` says of sensitive data, of risks, and of the rules that answer them."""

from datetime import date
from typing import Literal

from msgspec import Struct

from tenken.config.values import Name, Text, Treatment, Url


class DataUse(Struct, frozen=True, kw_only=True):
    """What a provider may do with what we send."""

    provider: Text
    tier: Text
    region: str = ""
    terms: Url | None = None
    terms_read_at: date | None = None
    training: Literal["opted_out", "not_used", "accepted_risk", "unknown"] = "unknown"
    opt_out: str = ""
    """Where the opt-out is set: a flag in code, a contract, a console."""


class DataType(Struct, frozen=True, kw_only=True):
    """A type of sensitive data and how it is treated."""

    name: Name
    data_class: Text
    treatment: Treatment


class Classification(Struct, frozen=True, kw_only=True):
    """Which data is sensitive, and by which criteria."""

    criteria: str = ""
    types: tuple[DataType, ...] = ()


class Risk(Struct, frozen=True, kw_only=True):
    """A safety risk of the use case."""

    id: Name
    severity: Literal["low", "medium", "high", "critical"]
    example: Text
    owner: Text


class GuardRule(Struct, frozen=True, kw_only=True):
    """A rule that answers a risk."""

    id: Name
    risks: tuple[Name, ...]
    action: Literal["shadow", "flag", "mask", "block"]
    stage: Literal["input", "output"] = "input"
    tests: tuple[Text, ...] = ()


class Safety(Struct, frozen=True, kw_only=True):
    """Risks, the rules that answer them, and who is called."""

    risks: tuple[Risk, ...] = ()
    guards: tuple[GuardRule, ...] = ()
    incident_process: str = ""
    contact: str = ""
