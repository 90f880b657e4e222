"""The key of an observer is made once, and read from a file or the environment."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tenken.cli.proving.observer import made, read
from tenken.config.load import load_platform
from tenken.errors import UsageError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLATFORM = 'platform: {name: house, version: "1", owner: us}\n'


def test_what_is_printed_is_what_the_platform_file_takes(tmp_path: Path) -> None:
    """With the public half of the key that was written, for a year."""
    printed = made(tmp_path / "keys" / "drills.pem", NOW)
    key = read(str(tmp_path / "keys" / "drills.pem"), {})
    (trusted,) = load_platform(PLATFORM + printed, file="p").platform.evidence_keys

    assert key is not None
    assert base64.b64decode(trusted.public_key) == key.public
    assert f"{trusted.expires_on}" == "2027-11-22"


def test_a_key_may_come_from_the_environment(tmp_path: Path) -> None:
    """As a pipeline hands secrets over."""
    made(tmp_path / "drills.pem", NOW)
    pem = (tmp_path / "drills.pem").read_text()
    first, second = read("env:KEY", {"KEY": pem}), read(str(tmp_path / "drills.pem"), {})

    assert first is not None
    assert second is not None
    assert first.secret == second.secret
    assert read("", {}) is None


def test_another_kind_of_key_is_refused() -> None:
    """By its reference, and never by what it holds."""
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(UsageError) as told:
        read("env:KEY", {"KEY": other.decode()})

    assert told.value.sentence.fields == {"key": "env:KEY"}
