"""What `platform.yaml` says: what the platform team offers, approves and demands of everyone.

An application `extends` a pinned version of it. A floor may be tightened there, never loosened.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.serving import CallerLimit
from tenken.config.values import Name, Percent, Positive, Text, Url

Action = Literal["shadow", "flag", "mask", "block"]
ACTIONS: tuple[Action, ...] = ("shadow", "flag", "mask", "block")
"""From the weakest to the strongest."""
PublicKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=$")]
Share = Annotated[float, Meta(gt=0, le=1)]


class PlatformIdentity(Struct, frozen=True, kw_only=True):
    """Which platform this is, and whose."""

    name: Name
    version: Text
    """Applications pin it; raise it with every change."""
    owner: Text


class Federation(Struct, frozen=True, kw_only=True):
    """How OpenAI or Anthropic is shown who this process is. Nothing of it is a secret."""

    rule: Text
    """What the vendor calls its trust in our issuer: OpenAI's identity provider, Anthropic's
    federation rule."""
    organization: str = ""
    """Of Anthropic."""
    workspace: str = ""
    """Of Anthropic, where the rule holds in several."""
    token_file: str = ""
    """A file with a token of our issuer, kept fresh by whoever mounts it."""
    audience: str = ""
    """In place of a file: Google is asked for a token for this audience."""


class Credential(Struct, frozen=True, kw_only=True):
    """Where a credential is kept; never the credential itself."""

    kind: Literal["env", "file", "secret_manager", "vault", "workload_identity"]
    name: str = ""
    """The variable, the file or the secret. Of a workload identity, whom it acts as: a service
    account of Google, OpenAI or Anthropic, the ARN of a role, the client id of a managed identity;
    else itself."""
    federation: Federation | None = None
    """Of a workload identity at OpenAI or Anthropic."""


class Provider(Struct, frozen=True, kw_only=True):
    """Somebody who answers model calls."""

    id: Name
    kind: Literal[
        "openai", "azure", "anthropic", "google", "vertex", "bedrock", "embedded", "other",
    ]  # fmt: skip
    """`embedded` is the small model of `tenken embedded`; `other` speaks as OpenAI does."""
    base_url: Url | None = None
    """Where it is not the provider's own address."""
    credentials: Credential | None = None
    """The workload's own identity where nothing is said and the provider takes one."""
    region: str = ""
    """Of Vertex AI and Bedrock, for models that name none."""
    project: str = ""
    """Of Google Cloud, for Vertex AI."""
    api_version: str = ""
    """Of Azure's addresses by deployment; empty for its newer ones, which have none."""
    keeps_responses: bool = False
    """Whether responses may be kept at the provider for callers that go on with them."""
    limits: CallerLimit = field(default_factory=CallerLimit)
    """Of all calls with its credential, whatever the model."""


class ApprovedModel(Struct, frozen=True, kw_only=True):
    """A model that applications may call."""

    provider: Name
    """The id of one of `providers`."""
    model: Text
    """The name that is sent to the provider."""
    regions: tuple[Text, ...] = ()
    """Where it may be called; empty for all of the platform's `regions`."""
    approved_by: str = ""
    approved_at: date | None = None


class CallFloor(Struct, frozen=True, kw_only=True):
    """What every route has to keep; times in seconds."""

    share_max: Share | None = None
    """The largest share of a provider's limits that one application may plan with."""
    timeout_max_s: Positive | None = None
    attempts_max: Annotated[int, Meta(ge=1)] | None = None


class GuardFloor(Struct, frozen=True, kw_only=True):
    """A guard that stands on every route, and the weakest it may act."""

    id: Name
    action: Action
    stage: Literal["input", "output"] = "input"


class SloFloor(Struct, frozen=True, kw_only=True):
    """The least that an SLO of this name promises."""

    name: Name
    target_percent_min: Percent
    window_days_max: Positive | None = None


class TextFloor(Struct, frozen=True, kw_only=True):
    """Which texts may be stored at most, and for how long."""

    store: tuple[Literal["request", "answer"], ...] = ("request", "answer")
    """Empty where none may be."""
    days_max: Annotated[int, Meta(ge=1)] | None = None


class Floors(Struct, frozen=True, kw_only=True):
    """What an application may tighten and never loosen."""

    calls: CallFloor = field(default_factory=CallFloor)
    guards: tuple[GuardFloor, ...] = ()
    slos: tuple[SloFloor, ...] = ()
    texts: TextFloor | None = None


class AlertReceiver(Struct, frozen=True, kw_only=True):
    """Somebody who is told."""

    name: Name
    kind: Literal["slack", "pagerduty", "opsgenie", "email", "webhook", "datadog", "other"]
    to: Text
    """The channel, the service or the address; a secret by its reference."""


class EvidenceKey(Struct, frozen=True, kw_only=True):
    """An observer whose signed evidence counts."""

    id: Name
    public_key: PublicKey
    """Ed25519, 32 bytes in base64."""
    owner: Text
    expires_on: date


class Platform(Struct, frozen=True, kw_only=True):
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
