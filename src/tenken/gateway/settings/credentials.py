"""What providers are called with, from where the platform file points.

Short-lived ones are the default where a vendor has them. A static key is what `platform.yaml`
should not need: it is served, told at the start, and seen by the inspection.
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from tenken.config.manifest import Manifest
from tenken.config.platform import Credential, Provider
from tenken.errors import Malformed, MissingExtra, Problem, UsageError
from tenken.gateway.credentials.files import FileKey
from tenken.gateway.credentials.lease import Source, Unobtainable, header_lines
from tenken.gateway.settings.federation import FEDERATED, federated, wrong_federation
from tenken.sentence import Sentence, say

IDENTITY = Credential(kind="workload_identity")
BY_IDENTITY = frozenset({"azure", "bedrock", "vertex"})
"""Kinds of providers that take a token of the process's own identity."""
HEADERS: Mapping[str, tuple[bytes, bytes]] = {
    "azure": (b"api-key", b""),
    "google": (b"x-goog-api-key", b""),
    "anthropic": (b"x-api-key", b""),
}
"""Where a key is carried, and what stands before it."""
BEARER = (b"authorization", b"Bearer ")


class Named(Struct, frozen=True, kw_only=True):
    """The credentials of a platform: those that stay, and those that are renewed."""

    fixed: Mapping[str, bytes]
    """Header lines by provider."""
    sources: Mapping[str, Source]
    static: tuple[str, ...] = ()
    """Providers that are called with a key that never expires by itself, and where it is."""

    @property
    def told(self) -> Sentence | None:
        """Give what is to be said of them at the start."""
        return say("gateway.static_keys", what=", ".join(self.static)) if self.static else None

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return f"Named({', '.join([*self.fixed, *self.sources])})"


def reference_of(provider: Provider) -> Credential | None:
    """Give where a provider's credential is; its identity where nothing is said and it has one."""
    if provider.credentials is None and provider.kind in BY_IDENTITY:
        return IDENTITY
    return provider.credentials


def credentials(manifest: Manifest, environment: Mapping[str, str]) -> Named:
    """Find the credentials of all providers; raises Malformed, UsageError, MissingExtra."""
    if manifest.platform is None:
        raise UsageError("gateway.no_platform")
    fixed: dict[str, bytes] = {}
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    static: list[str] = []
    for at, provider in enumerate(manifest.platform.platform.providers):
        reference = reference_of(provider)
        sentence = _wrong(provider, reference, environment)
        if sentence is not None:
            path = ("providers", at, "credentials")
            problems.append(manifest.platform.problem(path, sentence))
        elif reference is None:
            fixed[provider.id] = b""
        elif reference.kind == "env":
            header, scheme = HEADERS.get(provider.kind, BEARER)
            key_value = environment[reference.name].strip().encode()
            fixed[provider.id] = header_lines((header, scheme + key_value))
            static.append(f"{provider.id} ({reference.name})")
        else:
            sources[provider.id] = _source(provider, reference, _region(manifest, provider))
    if problems:
        raise Malformed(tuple(problems))
    return Named(fixed=fixed, sources=sources, static=tuple(static))


def lacking(manifest: Manifest, environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """Give the credentials that are not as they should be; raises UsageError, MissingExtra."""
    try:
        credentials(manifest, environment)
    except Malformed as error:
        return error.problems
    return ()


def _region(manifest: Manifest, provider: Provider) -> str:
    """Give where a provider's token service is asked: its own region, else its first model's."""
    models = [one for one in manifest.application.models if one.provider == provider.id]
    return provider.region or next((one.region for one in models if one.region), "")


def _wrong(
    provider: Provider, reference: Credential | None, environment: Mapping[str, str]
) -> Sentence | None:
    if reference is None:
        return None
    match reference.kind:
        case "secret_manager" | "vault":
            return say("gateway.no_such_credential", kind=reference.kind)
        case "workload_identity":
            return _wrong_identity(provider, reference)
        case "env":
            value = environment.get(reference.name, "").strip()
            if not value:
                return say("gateway.credential_absent", name=reference.name)
            if not value.isascii() or not value.isprintable():
                return say("gateway.credential_broken", name=reference.name)
        case "file":
            try:
                _file_key(provider, reference).fetch()
            except Unobtainable as error:
                return say("gateway.credential_file", why=str(error))
    return None


def _wrong_identity(provider: Provider, reference: Credential) -> Sentence | None:
    if provider.kind in FEDERATED:
        return wrong_federation(provider.kind, reference)
    if provider.kind not in BY_IDENTITY:
        return say("gateway.no_identity_there", kind=provider.kind)
    if reference.federation is not None:
        return say("gateway.no_federation_there", kind=provider.kind)
    return None


def _source(provider: Provider, reference: Credential, region: str) -> Source:
    if reference.kind == "file":
        return _file_key(provider, reference)
    if reference.federation is not None:
        return federated(provider, reference, reference.federation)
    try:
        return _identity(provider.kind, reference.name, region)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("tenken"):
            raise
        raise MissingExtra("cli.missing_extra", extra=provider.kind) from error


def _file_key(provider: Provider, reference: Credential) -> FileKey:
    header, scheme = HEADERS.get(provider.kind, BEARER)
    return FileKey(path=Path(reference.name), header=header, scheme=scheme)


def _identity(kind: str, name: str, region: str) -> Source:
    # The vendors' libraries are extras, and heavy: one is loaded where its provider is named.
    if kind == "vertex":
        from tenken.gateway.credentials.google import GoogleIdentity  # noqa: PLC0415

        return GoogleIdentity(account=name)
    if kind == "azure":
        from tenken.gateway.credentials.azure import AzureIdentity  # noqa: PLC0415

        return AzureIdentity(client=name)
    from tenken.gateway.credentials.aws import AwsIdentity  # noqa: PLC0415

    return AwsIdentity(region=region, role=name)
