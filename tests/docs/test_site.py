"""The documentation builds without a complaint, names every page it has, in both languages."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import re2
from tools.console_pictures import PAGES

from tenken.console import routes
from tests.shape.source import ROOT
from tools import reference, schemas

DOCS = ROOT / "docs"
JAPANESE = [ROOT / "README.ja.md", *sorted((DOCS / "ja").rglob("*.md"))]
FENCED = re2.compile(r"(?s)```\w*\n.*?```")
BROKEN = re2.compile(r".{0,8}[ぁ-んァ-ヶ一-龥、]\n *[ぁ-んァ-ヶ一-龥].{0,8}")
FIRST = {"index.md", "tutorial.md", "quickstart.md", "glossary.md"}
UNSHOWN = frozenset({"texts"})
"""Pages of the console that only some installations have."""
JSON = re2.compile(r"(?s)```json\n(.*?)```")


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


def test_every_page_that_users_act_on_has_a_japanese_twin() -> None:
    """Under the same name; the first page, the tutorial, the quickstart and the words, too."""
    english = {
        page.name for folder in ("guides", "reference") for page in (DOCS / folder).iterdir()
    }
    japanese = {page.name for page in (DOCS / "ja").glob("*.md")}

    assert (
        english | {"index.md", "tutorial.md", "quickstart.md", "glossary.md"}
    ) - japanese == set()


def test_no_japanese_page_leads_to_an_english_one_that_has_a_twin() -> None:
    """But where it says that more stands there."""
    link = re2.compile(r"(.{0,12})\]\(\.\./(?:reference|guides)/([\w-]+\.md)")
    led = [
        f"{page.name}: {label}"
        for page in (DOCS / "ja").glob("*.md")
        for label, _ in link.findall(page.read_text("utf-8"))
        if "英語" not in label
    ]

    assert led == []


def test_all_that_the_files_say_is_said_in_japanese() -> None:
    """Every text of the schemas, and none that is no text of theirs any more."""
    texts = {text for file in schemas.files() for text in reference.descriptions(file)}
    said = set(reference.japanese().said)

    assert texts - said == set(), "say it in tools/reference_ja.yaml"
    assert said - texts == set(), "delete it in tools/reference_ja.yaml"


def test_the_evidence_is_the_same_in_both_languages() -> None:
    """A statement has one form."""
    english, japanese = (
        JSON.findall((DOCS / page / "evidence.md").read_text("utf-8"))
        for page in ("reference", "ja")
    )

    assert english
    assert english == japanese


def test_no_line_of_japanese_ends_within_a_sentence() -> None:
    """Browsers show the end of a line as a space, which Japanese does not have."""
    pages = {page: FENCED.sub("\n\n", page.read_text("utf-8")) for page in JAPANESE}
    broken = [
        f"{page.relative_to(ROOT)}: {found}"
        for page, plain in pages.items()
        for found in BROKEN.findall(plain)
    ]

    assert broken == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_of_the_console_is_shown(language: str) -> None:
    """A picture of each in the tour of that language, and no picture that no page shows."""
    folder = "guides" if language == "en" else "ja"
    tour = (DOCS / folder / "console-tour.md").read_text("utf-8")
    shown = set(re.findall(rf"images/console/([\w-]+)-{language}\.webp", tour))
    kept = {path.name for path in (DOCS / "images" / "console").iterdir()}

    assert shown == {*PAGES}
    assert {name for name in kept if f"-{language}." in name} == {
        f"{one}-{language}.webp" for one in PAGES
    }
    pages = {one.name.replace("_", "-") for one in routes.PAGES} - UNSHOWN
    assert pages <= shown
