"""What users act on stands in both languages, and shows the same settings."""

import re2

from tests.shape.source import ROOT
from tools import reference, schemas

DOCS = ROOT / "docs"
JAPANESE = [ROOT / "README.ja.md", *sorted((DOCS / "ja").rglob("*.md"))]
FENCED = re2.compile(r"(?s)```\w*\n.*?```")
BROKEN = re2.compile(r".{0,8}[ぁ-んァ-ヶ一-龥、]\n *[ぁ-んァ-ヶ一-龥].{0,8}")
FIRST = {"index.md", "tutorial.md", "quickstart.md", "glossary.md"}
JSON = re2.compile(r"(?s)```json\n(.*?)```")


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
