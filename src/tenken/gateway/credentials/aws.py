"""Temporary keys for Bedrock, by Amazon's own library.

Whose keys they are stands where Amazon's libraries look: AWS_ROLE_ARN with
AWS_WEB_IDENTITY_TOKEN_FILE (a pod's service account, or any OIDC issuer), the container's role
(ECS, EKS Pod Identity), the machine's role, or a profile.
"""

from datetime import datetime

from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, Credentials, RefreshableCredentials
from botocore.session import Session
from msgspec import Struct

from tenken.gateway.credentials.lease import FOREVER, Lease, Unobtainable
from tenken.gateway.credentials.sigv4 import Signer

PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1})
"""Who renews asks again by itself."""
SESSION_NAME = "tenken"


class AwsIdentity(Struct, frozen=True, kw_only=True):
    """The role that this process has, or one that it may assume."""

    region: str
    """Whose token service is asked; requests are signed for the region of their target."""
    role: str = ""
    """The ARN of the role to assume; empty for the role itself."""

    def fetch(self) -> Lease:
        """Ask for keys; raises what the library raises."""
        session = Session()
        session.set_config_variable("region", self.region)
        session.set_default_client_config(PATIENCE)
        found = session.get_credentials()
        if found is None:
            raise Unobtainable("no role and no web identity is given to this process")
        if self.role:
            return self._assumed(session, found)
        keys = found.get_frozen_credentials()
        return Lease(
            signer=Signer(access=keys.access_key, secret=keys.secret_key, token=keys.token or ""),
            expires_us=_expires_us(found),
            static="" if keys.token else f"an access key ({found.method})",
        )

    def _assumed(self, session: Session, found: Credentials) -> Lease:
        fetcher = AssumeRoleCredentialFetcher(
            session.create_client,
            found,
            self.role,
            extra_args={"RoleSessionName": SESSION_NAME},
        )
        keys = fetcher.fetch_credentials()
        expires = datetime.fromisoformat(keys["expiry_time"])
        static = "" if found.token else f"an access key ({found.method})"
        return Lease(
            signer=Signer(
                access=keys["access_key"], secret=keys["secret_key"], token=keys["token"]
            ),
            expires_us=round(expires.timestamp() * 1e6),
            static=static,
        )


def _expires_us(found: Credentials) -> int:
    if not isinstance(found, RefreshableCredentials):
        return FOREVER
    expires = found._expiry_time  # noqa: SLF001 - told nowhere else; a test holds the library to it
    return round(expires.timestamp() * 1e6) if expires else FOREVER
