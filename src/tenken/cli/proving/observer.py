"""The key of an observer: made, kept and read here; evidence is signed with it."""

import base64
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tenken.cli.writing import read_bytes
from tenken.errors import UsageError
from tenken.readiness.evidence.keys import NoKey, PrivateKey, from_pem, new_key, to_pem

LARGEST_KEY = 10_000
VARIABLE = "env:"
YEAR = timedelta(days=365)


def made(path: Path, now: datetime) -> str:
    """Write a new private key, and give the entry of `platform.yaml` that trusts it."""
    key = new_key()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("cli.cannot_write", path=str(path), detail=detail) from error
    with os.fdopen(file, "wb") as stream:
        stream.write(to_pem(key).encode())
    public = base64.b64encode(key.public).decode()
    return (
        "evidence_keys:\n"
        "  - id: drills\n"
        f"    public_key: {public}\n"
        "    owner: TODO\n"
        f"    expires_on: {now + YEAR:%Y-%m-%d}\n"
    )


def read(reference: str, environment: Mapping[str, str]) -> PrivateKey | None:
    """Read the key behind `FILE` or `env:NAME`; None for an empty reference."""
    if not reference:
        return None
    if reference.startswith(VARIABLE):
        pem = environment.get(reference.removeprefix(VARIABLE), "")
    else:
        pem = read_bytes(Path(reference), limit=LARGEST_KEY).decode("ascii", "replace")
    try:
        return from_pem(pem)
    except NoKey as error:
        raise UsageError("prove.no_key", key=reference) from error


def of_variable(name: str, environment: Mapping[str, str]) -> PrivateKey:
    """Read the key in a variable; raises UsageError where it holds none."""
    key = read(f"{VARIABLE}{name}", environment)
    if key is None:
        raise UsageError("observe.no_variable", name=name)
    return key
