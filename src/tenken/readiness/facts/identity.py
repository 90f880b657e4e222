"""As whom the application calls others: short-lived identities, and keys that never expire."""

from enum import StrEnum

from msgspec import Struct

from tenken.place import Place


class Identity(Struct, frozen=True, kw_only=True):
    """A workload runs as an account of its own and gets short-lived tokens for it."""

    workload: str
    account: str
    cloud: str
    """`google`, `aws` or `azure`."""
    how: str
    """`service account`, `workload identity`, `task role`, `managed identity`."""
    place: Place


class Federation(Struct, frozen=True, kw_only=True):
    """Someone outside gets short-lived tokens in exchange for its own identity."""

    cloud: str
    kind: str
    """The resource, such as `google_iam_workload_identity_pool_provider`."""
    place: Place
    limited: bool | None
    """A condition names who may come (a repository, an account); False where everybody may."""


class KeyKind(StrEnum):
    """What a long-lived key is."""

    SERVICE_ACCOUNT_KEY = "service_account_key"
    """`google_service_account_key`, a mounted JSON key, `GOOGLE_APPLICATION_CREDENTIALS`."""
    ACCESS_KEY = "access_key"
    """`aws_iam_access_key`, `AWS_SECRET_ACCESS_KEY`."""
    CLIENT_SECRET = "client_secret"  # noqa: S105 - a kind of key, no secret
    """`azuread_application_password`."""
    PROVIDER_KEY = "provider_key"
    """A key of an LLM provider (`OPENAI_API_KEY`)."""
    OTHER_KEY = "other_key"
    """A key of some other service (`DD_API_KEY`): worth knowing, not what LLM calls use."""


class Kept(StrEnum):
    """Where the value of a key is."""

    IN_FILE = "in_file"
    """Written out in the repository."""
    IN_SECRET_STORE = "in_secret_store"  # noqa: S105 - a place, no secret
    """Read from a secret manager or a cluster's secret: protected, and still long-lived."""
    MADE_HERE = "made_here"
    """The file creates it (a key resource), so its value is in the state."""
    UNKNOWN = "unknown"


class StaticKey(Struct, frozen=True, kw_only=True):
    """A long-lived key; its value is never kept."""

    kind: KeyKind
    kept: Kept
    name: str
    """The variable or the resource."""
    place: Place
    workload: str = ""
    """Who gets it; empty where no workload does."""
    provider: str = ""
    """For a PROVIDER_KEY: `openai`, `anthropic` ..."""
