"""What we publish speaks of the product alone, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.shape.source import ROOT, tracked

# A folder of the machine that something was written on.
MACHINE = re.compile(r"(?<![\w.~$}*-])/(?:home|root|work|Users)/[\w.]")
TEXT = {".cfg", ".j2", ".jinja", ".md", ".py", ".sh", ".toml", ".tf", ".txt", ".yaml", ".yml"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
# A container's own paths, and paths that a test plants.
MAY_NAME_A_PATH = ("tests/", "examples/", "src/tenken/readiness/")


def _texts() -> list[Path]:
    return [path for path in tracked() if path.suffix in TEXT or path.name in {"Makefile", "run"}]


def _pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md" and "examples" not in path.parts]


def test_no_text_names_a_machine_of_ours() -> None:
    """A path that exists on one machine only helps nobody."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _texts()
        if not path.relative_to(ROOT).as_posix().startswith(MAY_NAME_A_PATH)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("text", ["see /root/notes", "cd /home/hana/x", "in /Users/hana/x"])
def test_a_machine_of_ours_is_recognised(text: str) -> None:
    """The test above can fail."""
    assert MACHINE.search(text)


def test_links_between_pages_lead_somewhere() -> None:
    """A page that moved takes its links along; nothing points out of the repository."""
    broken = [
        f"{path.relative_to(ROOT)} -> {target}"
        for path in _pages()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not _leads_somewhere(path, target)
    ]

    assert broken == []


def _leads_somewhere(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target) or target.startswith("#"):
        return True
    file = (page.parent / target.partition("#")[0]).resolve()
    return file.exists() and file.is_relative_to(ROOT)
