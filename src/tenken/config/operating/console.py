"""What `tenken.yaml` says of its console."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tenken.config.serving import Algorithm
from tenken.config.values import Name, PathText, Text, Url

Origin = Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+$", max_length=300)]


class ClaimRule(Struct, frozen=True, kw_only=True):
    """What somebody may do whose claim holds a value."""

    value: Text
    role: Literal["viewer", "operator", "admin"]
    applications: tuple[Name, ...] = ()
    """Of `console.applications`; all that the gateway serves where none is named."""
    signs: tuple[Name, ...] = ()
    """The roles of the checklist in which they may sign, such as `product_owner`."""


class OidcSettings(Struct, frozen=True, kw_only=True):
    """Login by an identity provider that speaks OpenID Connect."""

    issuer: Url
    """As its own configuration names it, which is found at `/.well-known/openid-configuration`."""
    client_id: Text
    client_secret_env: str = ""
    """The variable that holds the client's secret; a public client has none. PKCE always is."""
    scopes: Annotated[tuple[Text, ...], Meta(max_length=20)] = ("openid", "profile", "email")
    algorithms: Annotated[tuple[Algorithm, ...], Meta(min_length=1)] = ("RS256",)
    claim: Text = "groups"
    """Whose values the roles go by: a list, or one text."""
    roles: Annotated[tuple[ClaimRule, ...], Meta(min_length=1)]
    """The first that fits decides; who fits none has no role here."""
    leeway_s: Annotated[float, Meta(ge=0, le=120)] = 30.0


class SharedApplication(Struct, frozen=True, kw_only=True):
    """One of several applications that one gateway serves, told by its use cases."""

    name: Name
    use_cases: Annotated[tuple[Name, ...], Meta(min_length=1)]


class ConsoleSettings(Struct, frozen=True, kw_only=True):
    """Whether there is a console, where, and how long a login lasts."""

    on: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8090
    url: Origin | None = None
    """How people reach it where that is another way: `https://console.example.com`, of a proxy
    that ends TLS. Beyond loopback it is needed, and has to be https."""
    timezone: Text = "UTC"
    """In which times are shown, such as `Asia/Tokyo`."""
    idle_minutes: Annotated[int, Meta(ge=1, le=1440)] = 60
    """A login ends when nobody used it for so long."""
    hours: Annotated[int, Meta(ge=1, le=168)] = 12
    """A login ends after so long, used or not."""
    inspection: PathText | None = None
    """The folder that `tenken check --state` keeps reports in, where it is not the usual one."""
    oidc: OidcSettings | None = None
    applications: tuple[SharedApplication, ...] = ()
    """Where several share the gateway: who is let in for some of them sees those alone."""
