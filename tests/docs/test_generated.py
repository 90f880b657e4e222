"""What is made from something else is up to date, and nothing of it is forgotten."""

from tools.checklist import safe
from tools.generated import generated

from tests.shape.source import ROOT

FOLDERS = ("docs/checklist", "docs/ja/checklist", "src/tenken/config/schemas")


def test_generated_files_are_up_to_date() -> None:
    """Nobody edits them by hand; `make generate` writes them."""
    stale = [
        name
        for name, text in generated()
        if not (ROOT / name).exists() or (ROOT / name).read_text("utf-8") != text
    ]

    assert stale == [], "run: make generate"


def test_no_generated_file_is_left_behind() -> None:
    """A page of a section that is gone would go on being read."""
    made = {name for name, _ in generated()}
    there = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).iterdir()
        if path.suffix in {".md", ".json"}
    }

    assert there - made == set()


def test_every_item_has_its_place_in_both_languages() -> None:
    """A report may link to `checklist/3.md#3-1-1`."""
    pages = {name: text for name, text in generated() if "checklist/" in name}

    for folder in ("docs/checklist", "docs/ja/checklist"):
        anchors = [
            line for name, text in pages.items() if name.startswith(folder)
            for line in text.splitlines() if line.startswith("## ")
        ]  # fmt: skip
        assert len(anchors) == 66
        assert all(line.endswith("}") for line in anchors)


def test_a_text_cannot_become_a_tag() -> None:
    """Code spans stay as they are; anything else is only text."""
    assert safe("a <b> | `x < y`\n c") == "a &lt;b> \\| `x < y` c"
