"""What `tenken.yaml` says of alerts: who pages, who is told, and when it goes on to others."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.platform import AlertReceiver
from tenken.config.values import Count, Name, Percent, Positive, Text, Url

SLACK = "https://slack.com/api/chat.postMessage"
"""Where a bot of Slack speaks."""
Severity = Literal["page", "ticket", "info"]
Harm = Literal["low", "medium", "high", "critical"]
Language = Literal["ja", "en"]
Minutes = Annotated[float, Meta(ge=0, le=10_080)]
Variable = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]
"""The name of an environment variable."""
Port = Annotated[int, Meta(ge=1, le=65535)]
Channel = Annotated[str, Meta(pattern=r"^[#@]?[\w.-]+$", max_length=80)]
Address = Annotated[str, Meta(pattern=r"^[^\s@<>]+@[^\s@<>]+$", max_length=254)]


class Mailing(Struct, frozen=True, kw_only=True):
    """How mail is sent."""

    host: Text
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: Variable | None = None
    sender: Address
    to: Annotated[tuple[Address, ...], Meta(min_length=1)]


class Receiver(Struct, frozen=True, kw_only=True):
    """Somebody who is told. Keys, and addresses that are as good as keys, stand in variables."""

    name: Name
    kind: Literal["slack", "webhook", "pagerduty", "datadog", "email"]
    url: Url | None = None
    """Where it is no secret: of a webhook, or a relay in place of the vendor's own address."""
    url_env: Variable | None = None
    """The variable that holds the address; of Slack, its incoming webhook."""
    key_env: Variable | None = None
    """The variable that holds the key: PagerDuty's routing key, Datadog's API key, the token of a
    bot in Slack, or what a webhook's body is signed with."""
    channel: Channel | None = None
    """Of Slack by a bot's token: the channel's id. What follows on a message goes below it."""
    site: Text = "datadoghq.com"
    """Of Datadog."""
    mail: Mailing | None = None
    language: Language | None = None
    """The language that it is told in; that of `alerts` where none is said."""
    allow_private: bool = False
    """Its address may be on a network of one's own, and need not be encrypted there."""


class AlertRoute(Struct, frozen=True, kw_only=True):
    """Whom alerts of one severity reach."""

    receivers: Annotated[tuple[Name, ...], Meta(min_length=1)]
    """Names of `alerts.receivers`, or of the platform's."""
    repeat_minutes: Positive | None = None
    """Told again after so long, while nobody has acknowledged."""
    escalate_after_minutes: Positive | None = None
    escalate_to: tuple[Name, ...] = ()


class GuardRule(Struct, frozen=True, kw_only=True):
    """An alert where guards find more of a severity than is usual."""

    severity: Harm
    """Of the risk, as in the taxonomy."""
    alert: Severity
    matches_min: Annotated[int, Meta(ge=1)] = 1
    percent_min: Percent | None = None
    """Of the use case's requests; any share where none is said."""
    minutes: Annotated[int, Meta(ge=1, le=1440)] = 5


DEFAULT_GUARDS = (
    GuardRule(severity="critical", alert="page"),
    GuardRule(severity="high", alert="ticket", matches_min=10, percent_min=5.0, minutes=15),
    GuardRule(severity="medium", alert="info", matches_min=20, percent_min=20.0, minutes=60),
)


class AlertRules(Struct, frozen=True, kw_only=True):
    """What is watched besides objectives and spikes; 0 or an empty list turns one off."""

    guards: tuple[GuardRule, ...] = DEFAULT_GUARDS
    lag_seconds: Count = 120
    """A journal whose oldest record that the ledger lacks is older than this."""
    budget_percent: Annotated[int, Meta(ge=0, le=100)] = 80
    """A caller that has used so much of its budget of the day; used up, it is more severe."""
    retirement_days: Count = 90
    """A model in use that ends within so many days."""
    expiry_days: Count = 14
    """A sign-off, a key or a credential that expires within so many days."""


class AlertSettings(Struct, frozen=True, kw_only=True):
    """Who watches, and whom an alert reaches."""

    by: Literal["tenken", "prometheus", "datadog"] = "tenken"
    """Who pages. Where it is not tenken, its own alerts are seen and told to nobody, and files
    are made for whoever does."""
    language: Language = "en"
    receivers: tuple[Receiver, ...] = ()
    routes: Mapping[Severity, AlertRoute] = field(default_factory=dict)
    """A severity without a route is shown, and told to nobody."""
    group_wait_seconds: Annotated[float, Meta(ge=0, le=600)] = 10.0
    """How long the first of a group waits for others."""
    calm_minutes: Minutes = 1.0
    """How long it must be over before an alert ends; longer for what keeps coming back."""
    console_url: Url | None = None
    """Where people see the console; each message links there."""
    runbook_url: Url | None = None
    """What runbooks' paths are put behind, such as the repository's page."""
    runbooks: Mapping[Text, Text] = field(default_factory=dict)
    """The runbook of a kind of alert (`lag`, `guard`, ...): a path in the repository or a URL."""
    rules: AlertRules = field(default_factory=AlertRules)
    incidents: bool = True
    """Whether a page opens an incident."""


REFERENCE = "env:"


def receivers(
    settings: AlertSettings, shared: tuple[AlertReceiver, ...] = ()
) -> Mapping[str, Receiver]:
    """Give the receivers by name; the application's own go before the platform's."""
    offered = (of_platform(one) for one in shared)
    return {one.name: one for one in (*offered, *settings.receivers) if one is not None}


def of_platform(shared: AlertReceiver) -> Receiver | None:
    """Give a platform's receiver; None where it is of a kind, or said in a way, that is not sent.

    Its `to` has to be `env:NAME`: the variable with the address or the key.
    """
    kind, variable = shared.kind, shared.to.removeprefix(REFERENCE)
    if not shared.to.startswith(REFERENCE) or not variable:
        return None
    match kind:
        case "slack" | "webhook":
            return Receiver(name=shared.name, kind=kind, url_env=variable)
        case "pagerduty" | "datadog":
            return Receiver(name=shared.name, kind=kind, key_env=variable)
        case _:
            return None
