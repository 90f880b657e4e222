"""Keys and signatures are those of every other tool: held against another library's."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tenken.readiness.evidence.keys import (
    BEGIN,
    END,
    NoKey,
    PrivateKey,
    from_pem,
    is_signed,
    new_key,
    to_pem,
)

SECRET = bytes(range(32))
THEIRS = Ed25519PrivateKey.from_private_bytes(SECRET)
PLAIN = THEIRS.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
LOCKED = THEIRS.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
).decode()
CURVED = generate_private_key(SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
PUBLIC = THEIRS.public_key().public_bytes_raw()


def test_another_library_reads_what_is_written() -> None:
    """A new key, its public half, and its signature."""
    own = new_key()
    theirs = load_pem_private_key(to_pem(own).encode(), password=None)

    assert isinstance(theirs, Ed25519PrivateKey)
    assert theirs.public_key().public_bytes_raw() == own.public
    theirs.public_key().verify(own.sign(b"said"), b"said")
    assert new_key().secret != own.secret


def test_what_another_library_writes_is_read() -> None:
    """The same text, in lines of either kind."""
    assert to_pem(from_pem(PLAIN)) == PLAIN
    assert from_pem(PLAIN.replace("\n", "\r\n")).secret == SECRET
    assert is_signed(b"said", THEIRS.sign(b"said"), PrivateKey(SECRET).public)


@pytest.mark.parametrize(
    ("message", "signature", "public"),
    [
        pytest.param(b"other", THEIRS.sign(b"said"), PUBLIC, id="other-text"),
        pytest.param(b"said", THEIRS.sign(b"said")[:-1], PUBLIC, id="short"),
        pytest.param(b"said", b"", PUBLIC, id="empty"),
        pytest.param(b"said", bytes(64), PUBLIC, id="zeros"),
        pytest.param(b"said", THEIRS.sign(b"said"), new_key().public, id="other-key"),
        pytest.param(b"said", THEIRS.sign(b"said"), PUBLIC[:31], id="short-key"),
        # A key of low order: every text would be signed by anybody.
        pytest.param(b"said", bytes([1, *bytes(63)]), bytes([1, *bytes(31)]), id="low-order"),
    ],
)
def test_nothing_else_is_a_signature(message: bytes, signature: bytes, public: bytes) -> None:
    """Neither another text, nor half of a signature, nor another key."""
    assert not is_signed(message, signature, public)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", BEGIN, f"{BEGIN}\n{END}", LOCKED, CURVED.decode(), PLAIN[:-8], f"x\n{PLAIN}",
        PLAIN + PLAIN, f"{BEGIN}\n*\n{END}", f"{BEGIN}\né\n{END}",
        f"{BEGIN}\n{base64.b64encode(SECRET).decode()}\n{END}", PLAIN.replace("MC4", "MD4"),
    ],
)  # fmt: skip
def test_nothing_else_is_a_key(text: str) -> None:
    """Not a key behind a password, not one of another kind, not a piece of one."""
    with pytest.raises(NoKey):
        from_pem(text)


def test_a_key_does_not_show_itself() -> None:
    """A log that prints it tells nothing."""
    assert SECRET.hex() not in repr(PrivateKey(SECRET))
    assert repr(SECRET)[2:-1] not in repr(vars(PrivateKey(SECRET)))
