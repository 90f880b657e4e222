"""Tokens for Vertex AI, by Google's own library.

Whose token it is stands where Google's libraries look: the metadata server of a Cloud Run service,
a GKE pod or a machine; the file that GOOGLE_APPLICATION_CREDENTIALS names, which for workload
identity federation holds no key; or what `gcloud auth application-default login` left.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

import google.auth
from google.auth import impersonated_credentials
from google.auth.credentials import with_scopes_if_required
from google.auth.transport.requests import Request
from google.oauth2 import id_token, service_account
from msgspec import Struct

from tenken.gateway.credentials.lease import FOREVER, Lease, Unobtainable, header_lines

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT_S = 10.0


class _Patient(Request):
    """Waits for a token service as long as we do, not two minutes."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        wait: Callable[..., Any] = super().__call__
        return wait(*args, **{**kwargs, "timeout": TIMEOUT_S})


class GoogleSubject(Struct, frozen=True, kw_only=True):
    """Says who this process is at Google, to somebody else: Cloud Run, a pod of GKE, a machine."""

    audience: str
    """Whom the token is for."""

    def token(self) -> str:
        """Ask for it; raises what the library raises."""
        found: str = id_token.fetch_id_token(_Patient(), self.audience)  # type: ignore[no-untyped-call]
        return found


class _Token(Protocol):
    """What is read of a credential; the library ships no types for it."""

    token: str | None
    expiry: datetime | None
    """In UTC, without saying so."""

    def refresh(self, request: object) -> None: ...


class GoogleIdentity(Struct, frozen=True, kw_only=True):
    """The identity that this process has, or a service account that it may act as."""

    account: str = ""
    """The service account to act as; empty for the identity itself."""

    def fetch(self) -> Lease:
        """Ask for a token; raises what the library raises."""
        request = _Patient()
        # With scopes given here, the library would ask Google whose project this is, each time.
        found, _ = google.auth.default(request=request)
        found = with_scopes_if_required(found, [SCOPE])  # type: ignore[no-untyped-call]
        static = "a service account's key file" if _holds_key(found) else ""
        if self.account:
            found = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
                source_credentials=found, target_principal=self.account, target_scopes=[SCOPE]
            )
        return _lease(found, request, payer=_payer(found), static=static)


def _lease(token: _Token, request: object, *, payer: str, static: str) -> Lease:
    token.refresh(request)
    if not token.token:
        raise Unobtainable("Google's library gave no token")
    headers = [(b"authorization", b"Bearer " + token.token.encode())]
    if payer:
        headers.append((b"x-goog-user-project", payer.encode()))
    expires = token.expiry
    return Lease(
        lines=header_lines(*headers),
        expires_us=round(expires.replace(tzinfo=UTC).timestamp() * 1e6) if expires else FOREVER,
        static=static,
    )


def _holds_key(found: object) -> bool:
    return isinstance(found, service_account.Credentials)


def _payer(found: object) -> str:
    return getattr(found, "quota_project_id", None) or ""
