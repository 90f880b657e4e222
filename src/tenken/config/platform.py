"""What `platform.yaml` says: what the platform team offers, approves and demands of everyone.

An application `extends` a pinned version of it. A floor may be tightened there, never loosened.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from tenken.config.values import Name, Percent, Positive, Text, Url

Action = Literal["shadow", "flag", "mask", "block"]
ACTIONS: tuple[Action, ...] = ("shadow", "flag", "mask", "block")
"""From the weakest to the strongest."""
PublicKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=$")]
Share = Annotated[float, Meta(gt=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformIdentity:
    """Which platform this is, and whose."""

    name: Name
    version: Text
    """Applications pin it; raise it with every change."""
    owner: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Where a credential is kept; never the credential itself."""

    kind: Literal["env", "secret_manager", "vault", "workload_identity"]
    name: Text
    """The variable, the secret or the identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Somebody who answers model calls."""

    id: Name
    kind: Literal["openai", "azure", "anthropic", "google", "vertex", "bedrock", "other"]
    base_url: Url | None = None
    """Where it is not the provider's own address."""
    credentials: Credential | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedModel:
    """A model that applications may call."""

    provider: Name
    """The id of one of `providers`."""
    model: Text
    """The name that is sent to the provider."""
    regions: tuple[Text, ...] = ()
    """Where it may be called; empty for all of the platform's `regions`."""
    approved_by: str = ""
    approved_at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFloor:
    """What every route has to keep; times in seconds."""

    share_max: Share | None = None
    """The largest share of a provider's limits that one application may plan with."""
    timeout_max_s: Positive | None = None
    attempts_max: Annotated[int, Meta(ge=1)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFloor:
    """A guard that stands on every route, and the weakest it may act."""

    id: Name
    action: Action
    stage: Literal["input", "output"] = "input"


@dataclass(frozen=True, slots=True, kw_only=True)
class SloFloor:
    """The least that an SLO of this name promises."""

    name: Name
    target_percent_min: Percent
    window_days_max: Positive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What an application may tighten and never loosen."""

    calls: CallFloor = field(default_factory=CallFloor)
    guards: tuple[GuardFloor, ...] = ()
    slos: tuple[SloFloor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReceiver:
    """Somebody who is told."""

    name: Name
    kind: Literal["slack", "pagerduty", "opsgenie", "email", "webhook", "datadog", "other"]
    to: Text
    """The channel, the service or the address; a secret by its reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKey:
    """An observer whose signed evidence counts."""

    id: Name
    public_key: PublicKey
    """Ed25519, 32 bytes in base64."""
    owner: Text
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The whole of `platform.yaml`."""

    platform: PlatformIdentity
    version: Literal[1] = 1
    """Of this format."""
    providers: tuple[Provider, ...] = ()
    models: tuple[ApprovedModel, ...] = ()
    """Approved models; empty where the platform does not choose."""
    regions: tuple[Text, ...] = ()
    """Approved regions; empty where the platform does not choose."""
    floors: Floors = field(default_factory=Floors)
    alert_receivers: tuple[AlertReceiver, ...] = ()
    evidence_keys: tuple[EvidenceKey, ...] = ()
