"""An API at another address than its vendor's own: the same words, with the model in the path.

Sources: Azure OpenAI's REST reference (2024-10-21) and Anthropic's page on Vertex AI, and what the
vendors' Python clients (openai 3.51, anthropic 2.8) send, read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from tenken.wire.asked import Asked
from tenken.wire.dialect import Answer, Dialect, Failed, Outgoing, Reading
from tenken.wire.splice import FIELDS
from tenken.wire.translate.quoted import quoted

VERTEX_VERSION: Final = b'"vertex-2023-10-16"'
VERSION: Final = b"anthropic-version"


class Hosted:
    """A dialect whose requests go elsewhere; its answers are the same."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def answer(self, body: bytes, asked: Asked) -> Answer:
        """Read a whole answer; raises Unreadable."""
        return self._dialect.answer(body, asked)

    def reading(self, asked: Asked) -> Reading:
        """Begin to read a stream."""
        return self._dialect.reading(asked)

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return self._dialect.failed(status, headers, body, now=now)


class AtDeployment(Hosted):
    """Azure's addresses with an `api-version`: a deployment is named in the path."""

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Give the request for a deployment."""
        said = self._dialect.outgoing(asked, model=model)
        return Outgoing(f"/deployments/{quoted(model)}{said.path}", said.body, said.headers)


class AtVertex(Hosted):
    """Claude on Vertex AI: the model stands in the path, and the version in the body."""

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Give the request for a model of the publisher."""
        said = self._dialect.outgoing(asked, model=model)
        fields = FIELDS.decode(said.written)
        del fields["model"]
        fields["anthropic_version"] = msgspec.Raw(VERTEX_VERSION)
        how = "streamRawPredict" if asked.stream else "rawPredict"
        return Outgoing(
            f"/models/{quoted(model)}:{how}",
            msgspec.json.encode(fields),
            tuple([pair for pair in said.headers if pair[0] != VERSION]),
        )
