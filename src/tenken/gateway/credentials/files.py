"""A key in a file: what a secret manager or a vault mounts, read again when it is another one."""

from pathlib import Path

from msgspec import Struct

from tenken.gateway.credentials.lease import Lease, Unobtainable, header_lines

AGAIN_S = 30.0
LARGEST = 64 << 10


class FileKey(Struct, frozen=True, kw_only=True):
    """A key that never expires by itself, and may be replaced in its place."""

    path: Path
    header: bytes
    scheme: bytes
    """What stands before the key, such as `Bearer `."""

    def fetch(self) -> Lease:
        """Read it; raises Unobtainable."""
        try:
            with self.path.open("rb") as file:
                key = file.read(LARGEST).strip()
        except OSError as error:
            raise Unobtainable(f"{self.path}: {error.strerror}") from error
        if not key:
            raise Unobtainable(f"{self.path} is empty")
        lines = header_lines((self.header, self.scheme + key))
        return Lease(lines=lines, again_s=AGAIN_S, static=str(self.path))
