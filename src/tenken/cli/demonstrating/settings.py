"""The example's own settings, with its providers at other addresses: nothing else is changed."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.cli.writing import read_text, write_text
from tenken.config.schema import parse
from tenken.gateway.settings.keyring import made, read_ring, write_ring

LONGEST_FILE = 1_000_000
MANIFEST, PLATFORM, POLICY = "tenken.yaml", "platform.yaml", "guard/policy.yaml"


def relocated(
    example: Path,
    folder: Path,
    addresses: Mapping[str, str],
    beside: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Write both files into a folder, as JSON, which is YAML.

    Gives the variables in which the credentials of the providers are expected. Addresses are base
    URLs by the id of a provider; they may be private ones. `beside` is added to `tenken.yaml`.
    """
    manifest, platform = _plain(example / MANIFEST), _plain(example / PLATFORM)
    manifest["gateway"] = {**manifest.get("gateway", {}), "private_upstreams": True}
    providers = [
        {**one, "base_url": addresses.get(one["id"], one.get("base_url"))}
        for one in platform["providers"]
    ]
    _write(folder / MANIFEST, {**manifest, **(beside or {})})
    _write(folder / PLATFORM, {**platform, "providers": providers})
    if (example / POLICY).is_file():
        (folder / POLICY).parent.mkdir()
        write_text(folder / POLICY, read_text(example / POLICY, limit=LONGEST_FILE))
    return tuple(one["credentials"]["name"] for one in providers if "credentials" in one)


def key_of_caller(folder: Path, rim: Rim) -> str:
    """Make a key for the first caller of a folder's settings."""
    files = Files(folder=folder)
    now = rim.clock.now()
    caller = files.manifest(now.date()).application.callers[0].id
    new = made(
        read_ring(files.keys), caller=caller, now=now, expires_at=None, chance=secrets.token_hex
    )
    write_ring(files.keys, new.ring)
    return new.key


def _plain(path: Path) -> dict[str, Any]:
    plain = parse(read_text(path, limit=LONGEST_FILE), file=str(path)).plain
    return msgspec.convert(plain, dict[str, Any])


def _write(path: Path, content: dict[str, Any]) -> None:
    write_text(path, msgspec.json.format(msgspec.json.encode(content)).decode() + "\n")
