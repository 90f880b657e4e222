"""A large body as pieces that follow each other, so that most of it is not copied."""

from msgspec import Struct


class Pieces(Struct, frozen=True):
    """What is sent one after the other."""

    parts: tuple[bytes | memoryview, ...]

    def __len__(self) -> int:
        """Give how many bytes they have together."""
        return sum(map(len, self.parts))


Body = bytes | Pieces


def whole(body: Body) -> bytes:
    """Give a body in one; of pieces that is a copy."""
    return body if isinstance(body, bytes) else b"".join(body.parts)
