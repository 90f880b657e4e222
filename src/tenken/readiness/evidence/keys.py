"""The keys of observers: Ed25519 of libsodium, in the PEM that other tools write and read.

The library is loaded for the first key: most inspections have no signed evidence.
"""

import base64
import binascii

LENGTH = 32
BEFORE = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the bytes of a private key in its DER, by RFC 8410: always this."""
BEGIN, END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


class NoKey(Exception):
    """The text is no private Ed25519 key, or one behind a password."""


class PrivateKey:
    """Signs; what it holds shows nowhere by itself."""

    def __init__(self, secret: bytes) -> None:
        from nacl.signing import SigningKey  # noqa: PLC0415

        self._key = SigningKey(secret)

    @property
    def secret(self) -> bytes:
        """Give the 32 bytes that nobody else may see."""
        return bytes(self._key)

    @property
    def public(self) -> bytes:
        """Give the 32 bytes by which its signatures are checked."""
        return bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        """Give the signature on a message."""
        return self._key.sign(message).signature


def new_key() -> PrivateKey:
    """Make a key that nobody else has."""
    from nacl.signing import SigningKey  # noqa: PLC0415

    return PrivateKey(bytes(SigningKey.generate()))


def is_signed(message: bytes, signature: bytes, public: bytes) -> bool:
    """The signature on the message was made with the private half of a public key."""
    from nacl.exceptions import CryptoError  # noqa: PLC0415
    from nacl.signing import VerifyKey  # noqa: PLC0415

    try:
        VerifyKey(public).verify(message, signature)
    except (CryptoError, ValueError):
        return False
    return True


def to_pem(key: PrivateKey) -> str:
    """Write a key as PKCS #8, without a password."""
    return f"{BEGIN}\n{base64.b64encode(BEFORE + key.secret).decode()}\n{END}\n"


def from_pem(text: str) -> PrivateKey:
    """Read a key as `to_pem` and `openssl genpkey -algorithm ed25519` write it."""
    before, begun, rest = text.partition(BEGIN)
    inner, ended, after = rest.partition(END)
    if before.strip() or after.strip() or not (begun and ended):
        raise NoKey
    try:
        decoded = base64.b64decode("".join(inner.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoKey from error
    if not decoded.startswith(BEFORE) or len(decoded) != len(BEFORE) + LENGTH:
        raise NoKey
    return PrivateKey(decoded.removeprefix(BEFORE))
