"""The documentation builds without a complaint, and names every page it has."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.shape.source import ROOT


def test_the_site_builds_strictly(tmp_path: Path) -> None:
    """No page and no anchor is missing."""
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    build = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "site" / "index.html").exists()


def test_every_page_is_in_the_navigation() -> None:
    """A page that no menu leads to is not read."""
    named = set(re.findall(r"[\w./-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}

    assert pages - named == set()


def test_every_decision_is_listed() -> None:
    """The list of decisions is complete and in order."""
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "index.md").read_text("utf-8"))
    written = sorted(page.name for page in folder.glob("[0-9]*.md"))

    assert list(dict.fromkeys(listed[1:])) == written


def test_change_log_fragments_have_a_known_kind() -> None:
    """A fragment of an unknown kind would be left out of the release notes."""
    kinds = "added|changed|fixed|removed|security"
    names = [path.name for path in (ROOT / "changes").iterdir() if path.name[0] != "_"]

    assert [name for name in names if not re.fullmatch(rf"[\w-]+\.({kinds})\.md", name)] == []
