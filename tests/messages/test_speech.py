"""Sentences become text in one place, and nothing in a field can act on a terminal."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.messages.speech import LONGEST_FIELD, Language, Speech, clean
from tenken.readiness.facts.pipeline import Occasion, Signal
from tenken.readiness.probes.documents.goals import GOAL_PARTS
from tenken.readiness.probes.documents.postmortems import NEEDED
from tenken.readiness.probes.documents.scenarios import RUNBOOK_ASPECTS
from tenken.readiness.probes.documents.signals import SIGNALS
from tenken.sentence import say, words


def test_a_sentence_is_said_in_both_languages() -> None:
    """One sentence, two texts, the same field."""
    sentence = say("git.no_such_folder", path="x")

    assert Speech(Language.EN)(sentence) == "There is no folder x"
    assert Speech(Language.JA)(sentence) == "フォルダー x がない"


def test_an_unknown_message_shows_all_it_holds() -> None:
    """Evidence of another version loses nothing, even untranslated."""
    assert (
        Speech(Language.EN)(say("git.of_tomorrow", path="x", n=1)) == "git.of_tomorrow path=x n=1"
    )
    assert Speech(Language.EN)(say("../secrets.x")) == "../secrets.x"


def test_fields_are_never_taken_for_templates() -> None:
    """Braces in a field are shown, not filled."""
    assert (
        Speech(Language.EN)(say("git.no_such_folder", path="{path!r}"))
        == "There is no folder {path!r}"
    )


def test_a_field_can_name_a_word() -> None:
    """What a probe looked for is said in the reader's language; an unknown word stays visible."""
    sentence = say("code.guard_missing", topic="wording.topic_harm", function="f")

    assert "harmful content" in Speech(Language.EN)(sentence)
    assert "有害な内容" in Speech(Language.JA)(sentence)
    unknown = say("git.no_such_folder", path="wording.of_tomorrow")
    assert Speech(Language.EN)(unknown) == "There is no folder wording.of_tomorrow"


def test_a_field_can_list_words() -> None:
    """Joined as the language joins them; one that is unknown leaves all visible."""
    lacking = say("probes_5.objective_lacks", name="x", parts=words("part", ["query", "window"]))
    unknown = say("git.no_such_folder", path="wording.part_query, wording.of_tomorrow")

    assert Speech(Language.EN)(lacking).endswith("query, window")
    assert Speech(Language.JA)(lacking).endswith("クエリ、期間")
    assert Speech(Language.EN)(unknown).endswith("wording.part_query, wording.of_tomorrow")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("part", (*GOAL_PARTS, *RUNBOOK_ASPECTS, *NEEDED)),
        ("signal", SIGNALS),
        ("watched", Signal),
        ("occasion", Occasion),
    ],
)
def test_whatever_is_listed_has_a_word(
    group: str, names: Iterable[str], language: Language
) -> None:
    """No list of ours reaches a person as identifiers."""
    said = Speech(language)(say("git.no_such_folder", path=words(group, names)))

    assert "wording." not in said


def test_what_could_act_on_a_terminal_is_made_visible() -> None:
    """Escapes, bidi marks and zero-width characters are shown as code points; Japanese stays."""
    assert (
        clean("\x1b[31mred\u202eevil\u200b 点検\u3000済")
        == "\\u001b[31mred\\u202eevil\\u200b 点検\u3000済"
    )


@given(st.text(max_size=1000))
def test_no_text_gets_through_unclean(text: str) -> None:
    """Whatever a repository holds, what is shown is printable and bounded."""
    shown = clean(text)

    assert all(char.isprintable() or char == "\u3000" for char in shown)
    assert len(shown) <= (LONGEST_FIELD + 1) * 10
