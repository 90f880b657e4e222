"""The glossary is the authority on words, so the program says what the glossary says."""

import re

import pytest

from tenken.evidence import FindingKind, Grade
from tests.shape.source import ROOT
from tests.shape.test_messages import messages

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in PAGE.split("\n## "))
JAPANESE = ROOT / "docs" / "ja"
OUTCOMES = [id_ for id_ in messages("ja") if id_.startswith("wording.outcome_")]


def japanese(section: str, word: str) -> str:
    """Give the Japanese word of a row; before it may stand a code such as E2."""
    (text,) = (text for title, text in SECTIONS.items() if title.startswith(section))
    (found,) = re.findall(rf"^\|(?: E\d \|)? {word} \| (\S+) \|", text, re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("grade", Grade)
def test_grades_are_called_what_the_glossary_calls_them(grade: Grade) -> None:
    """A grade has one name in each language."""
    name = grade.name.lower()

    assert messages("en")[f"wording.grade_{name}"] == name
    assert messages("ja")[f"wording.grade_{name}"] == japanese("Grades", name)


@pytest.mark.parametrize("kind", FindingKind)
def test_findings_are_called_what_the_glossary_calls_them(kind: FindingKind) -> None:
    """A kind of finding has one name."""
    assert messages("ja")[f"wording.kind_{kind.value}"] == japanese("The inspection", kind.value)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcomes_are_called_what_the_glossary_calls_them(outcome: str) -> None:
    """An outcome has one name in Japanese."""
    word = outcome.removeprefix("wording.outcome_").replace("_", " ")

    assert messages("ja")[outcome] == japanese("Outcomes", word)


def test_the_japanese_page_has_the_same_words_in_the_same_order() -> None:
    """One page is the authority, the other says it again: no word more, none less."""
    page = (JAPANESE / "glossary.md").read_text("utf-8")
    english = re.findall(r"^\|(?: E\d \|)? ([a-z][\w -]*) \| (\S+) \|", PAGE, re.MULTILINE)
    again = re.findall(r"^\|(?: E\d \|)? (\S+) \| ([a-z][\w -]*) \|", page, re.MULTILINE)

    assert [(word, said) for said, word in again] == [
        row for row in english if row[0] not in {"word", "code"}
    ]
    assert len(again) > 80


def test_a_ledger_is_no_register() -> None:
    """One holds the records of a gateway, the other lists the models in use for the inspection."""
    register = japanese("The inspection", "register")
    topics = {id_.partition(".")[0] for id_, text in messages("ja").items() if register in text}
    pages = [
        page.name
        for page in JAPANESE.glob("*.md")
        if page.name != "glossary.md" and register in page.read_text("utf-8")
    ]

    assert (japanese("The gateway", "ledger"), register) == ("元帳", "台帳")
    assert (topics, pages) == ({"probes_1"}, [])


def test_the_first_screen_has_five_words() -> None:
    """Five and no more, in the glossary's order."""
    ids = [id_ for id_ in messages("ja") if id_.startswith("wording.word_")]
    line = " · ".join(f"{messages('ja')[id_]} {messages('en')[id_]}" for id_ in ids)

    assert len(ids) == 5
    assert line in " ".join(PAGE.split())
