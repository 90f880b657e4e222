"""The file of keys: what is none is told; of two who change it none undoes the other."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from tenken.errors import UsageError
from tenken.gateway.settings.keyring import (
    Keyring,
    alone_with,
    made,
    read_ring,
    revoked,
    write_ring,
)

NOW = datetime(2026, 11, 18, tzinfo=UTC)


def one_more(ring: Keyring, digits: str) -> Keyring:
    return made(ring, caller="app", now=NOW, expires_at=None, chance=lambda n: digits * n).ring


def test_of_two_who_change_it_none_undoes_the_other(tmp_path: Path) -> None:
    """A revocation that another's new key writes over would open the door again."""
    path = tmp_path / "keys.json"
    write_ring(path, one_more(Keyring(), "aa"))

    def revokes() -> None:
        with alone_with(path):
            write_ring(path, revoked(read_ring(path), "tk-aaaaaaaa", now=NOW))

    with alone_with(path):
        ring = read_ring(path)
        other = Thread(target=revokes)
        other.start()
        write_ring(path, one_more(ring, "bb"))
    other.join()

    assert [one.revoked_at is not None for one in read_ring(path).keys] == [True, False]


def test_a_revocation_is_on_the_disk_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file before it is renamed, the folder after that."""
    path, order = tmp_path / "keys.json", list[str]()
    replaced, synced = Path.replace, os.fsync

    def replaces(draft: Path, target: Path) -> Path:
        order.append("rename")
        return replaced(draft, target)

    def syncs(file: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(file).st_mode) else "file")
        synced(file)

    monkeypatch.setattr(Path, "replace", replaces)
    monkeypatch.setattr(os, "fsync", syncs)
    write_ring(path, Keyring())

    assert order == ["file", "rename", "folder"]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """Also where a draft was left behind that others may."""
    path = tmp_path / "keys.json"
    path.with_suffix(".new").touch(mode=0o644)

    write_ring(path, Keyring())

    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("aa" * 1, "zz", id="no digest"),
        pytest.param("Z", "", id="a moment without a zone"),
        pytest.param("{", "[", id="no object"),
    ],
)
def test_what_is_no_key_is_told(tmp_path: Path, old: str, new: str) -> None:
    """A gateway that runs keeps the keys that it has."""
    path = tmp_path / "keys.json"
    ring = one_more(Keyring(), "aa")
    [entry] = ring.keys
    content = msgspec.json.encode(ring).decode()
    spoiled = content.replace(entry.sha256, new * 32) if old == "aa" else content.replace(old, new)
    path.write_text(spoiled, "utf-8")

    with pytest.raises(UsageError):
        read_ring(path)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in its place, or a file of somebody else's."""
    with pytest.raises(UsageError):
        read_ring(tmp_path)
    assert read_ring(tmp_path / "none") == Keyring()
