"""What the console shows of the repository that it runs in: what was inspected, and no more."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenken.cli.consoling.signing import read_text_at, signing_of
from tenken.cli.main import main
from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.config.environment import read_settings
from tenken.messages.speech import Language, Speech
from tests.cli.test_sign import MANIFEST, commit
from tests.readiness.repositories import repository, search_path, write

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


RIM = Rim(
    speech=Speech(Language.EN), settings=read_settings({"PATH": search_path()}), clock=Standing()
)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Give a repository with a goal, written by Ken."""
    folder = repository(tmp_path / "desk", {"README.md": "# Desk\n"})
    write(folder, {"tenken.yaml": MANIFEST, "docs/日本語.md": "# 目標\n"})
    commit(folder, "Ken Ito", "ken@example.com")
    return folder


def test_what_is_shown_is_what_was_inspected(desk: Path) -> None:
    """A block of figures has the digest that the report says, whatever its layout."""
    out = desk.parent / "report.json"
    main(["check", str(desk), "-q", "-f", "json", "-o", str(out)])
    items = {one["id"]: one for one in json.loads(out.read_text("utf-8"))["items"]}
    (text,) = items["0-1-1"]["asked"]["texts"]
    signing = signing_of(RIM, Files(folder=desk))
    shown = signing.shown(text["path"], text["key"])

    assert (text["path"], text["key"]) == ("tenken.yaml", "goals")
    assert shown is not None
    assert shown.sha256 == text["sha256"]
    assert "target: 60" in shown.content
    assert signing.shown("tenken.yaml", "nothing") is None
    assert signing.shown("other.yaml", "goals") is None


def test_git_tells_who_wrote_a_text(desk: Path) -> None:
    """All who have changed it; nobody for what is not committed, or without git."""
    signing = signing_of(RIM, Files(folder=desk))
    write(desk, {"new.md": "x"})

    assert signing.authors("docs/日本語.md") == frozenset({"Ken Ito <ken@example.com>"})
    assert signing.authors("new.md") is None
    bare = signing_of(RIM, Files(folder=desk.parent))
    assert bare.authors("docs/日本語.md") is None


@pytest.mark.parametrize(
    "path", ["../outside.md", "link.md", "linked/inside.md", "binary", "large", "none", "docs",
             "/etc/hostname", "docs/../../outside.md"],
)  # fmt: skip
def test_nothing_else_is_read(desk: Path, path: str) -> None:
    """Neither through a link nor from elsewhere, nor what is no text."""
    write(desk.parent, {"outside.md": "secret", "elsewhere/inside.md": "secret"})
    (desk / "link.md").symlink_to(desk.parent / "outside.md")
    (desk / "linked").symlink_to(desk.parent / "elsewhere")
    (desk / "binary").write_bytes(b"\xff\xfe\0")
    (desk / "large").write_bytes(b"x" * 500_000)

    assert read_text_at(desk, path) is None
    assert read_text_at(desk, "docs/日本語.md") is not None
