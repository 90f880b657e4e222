"""Answers are kept so that only their own request opens them.

The key is made of the caller's key for the request and of its body, which are kept nowhere:
whoever reads the store reads nothing of what was said. AES-GCM, by the library `cryptography`.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
PURPOSE = b"tenken answer to a repeated request\0"


class Sealed:
    """Seals and opens the answers to one request."""

    def __init__(self, caller: str, key: bytes, body: bytes) -> None:
        secret = hashlib.sha256(PURPOSE)
        for part in (caller.encode(), key, body):
            secret.update(hashlib.sha256(part).digest())
        self._cipher = AESGCM(secret.digest())

    def seal(self, answer: bytes, *, nonce: bytes) -> bytes:
        """Give what can be kept; a nonce is random, and used once."""
        return nonce + self._cipher.encrypt(nonce, answer, PURPOSE)

    def open(self, kept: bytes) -> bytes | None:
        """Give the answer; None where it is none of ours."""
        try:
            return self._cipher.decrypt(kept[:NONCE], kept[NONCE:], PURPOSE)
        except (InvalidTag, ValueError):
            return None
