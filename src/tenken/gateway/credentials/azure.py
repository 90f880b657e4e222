"""Tokens for Azure OpenAI, by Microsoft's own library.

Whose token it is stands where Azure's libraries look: workload identity on AKS
(AZURE_FEDERATED_TOKEN_FILE), the managed identity of a container app or an App Service
(IDENTITY_ENDPOINT), or that of the machine.
"""

from azure.identity import ManagedIdentityCredential
from msgspec import Struct

from tenken.gateway.credentials.lease import Lease, header_lines

SCOPE = "https://cognitiveservices.azure.com/.default"
TIMEOUT_S = 10
RETRIES = 0
"""Who renews asks again by itself."""


class AzureIdentity(Struct, frozen=True, kw_only=True):
    """A managed identity of this process."""

    client: str = ""
    """The client id of one that was assigned by a user; empty for the platform's own."""

    def fetch(self) -> Lease:
        """Ask for a token; raises what the library raises."""
        with ManagedIdentityCredential(
            client_id=self.client or None,
            connection_timeout=TIMEOUT_S,
            read_timeout=TIMEOUT_S,
            retry_total=RETRIES,
        ) as identity:
            token = identity.get_token(SCOPE)
        lines = header_lines((b"authorization", b"Bearer " + token.token.encode()))
        return Lease(lines=lines, expires_us=token.expires_on * 1_000_000)
