"""Our layer over RE2 answers as the one that google-re2 ships."""

from itertools import product

import pytest
import re2

from tenken.pattern import Match, Pattern, PatternError, PatternSet, escape

PATTERNS = (
    r"\w+", r"a*", r"b*$", r"(a)|(b)", r"(?i)B(a)?日", r"^", r"$", r"(?m)^(\s*)(\w+)?", r"\b",
    r"日", r"(日)+", r"[^a-z]*", r"(?P<first>a)(b)?", r"",
)  # fmt: skip
TEXTS = tuple("".join(text) for length in range(6) for text in product("ab\n日", repeat=length))


def told(match: Match | None, groups: int) -> list[tuple[str | None, int, int]] | None:
    if match is None:
        return None
    return [(match.group(at), match.start(at), match.end(at)) for at in range(groups + 1)]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_question_has_the_same_answer(pattern: str) -> None:
    ours, theirs = Pattern(pattern), re2.compile(pattern)
    for text in TEXTS:
        for ask in ("search", "match", "fullmatch"):
            answers = (getattr(one, ask)(text) for one in (ours, theirs))
            assert len({repr(told(answer, theirs.groups)) for answer in answers}) == 1
        assert [told(one, theirs.groups) for one in ours.finditer(text)] == [
            told(one, theirs.groups) for one in theirs.finditer(text)
        ]
        found = [*theirs.finditer(text)]
        group = min(theirs.groups, 1)
        assert ours.places(text) == [
            one.span(group) if one.start(group) >= 0 else one.span() for one in found
        ]
        assert ours.words(text) == [(one.start(), one[0]) for one in found]
        assert ours.begins(text) == (found[0].start() if found else len(text))
        assert ours.findall(text) == theirs.findall(text)
        assert ours.split(text) == theirs.split(text)
        assert ours.sub("-", text) == theirs.sub("-", text)


def test_groups_are_given_by_number_and_by_name() -> None:
    found = Pattern(r"(?P<name>[^=]+)=(\w+)?(!)?").search("日本=ab")
    assert found is not None
    assert (found["name"], found[2], found[3], found.lastindex) == ("日本", "ab", None, 2)
    assert found.groups() == ("日本", "ab", None)


def test_a_replacement_is_taken_literally() -> None:
    assert Pattern(r"(a)").sub(r"\1", "cat") == r"c\1t"
    assert Pattern(r"(a)").sub(lambda found: found[1] * 2, "cat") == "caat"


def test_what_is_no_pattern_is_refused_at_once_when_it_is_checked() -> None:
    with pytest.raises(PatternError):
        Pattern("(").checked()
    assert Pattern(escape("(")).checked().search("a (b)")


def test_a_set_tells_which_patterns_are_found() -> None:
    """By number, in whatever text, and nothing where there is nothing."""
    found = PatternSet(["電話", "[0-9]+", "x"], memory=1 << 20)

    assert sorted(found.found("電話 03")) == [0, 1]
    assert found.found(b"") == []


def test_a_set_that_does_not_fit_is_refused() -> None:
    """It would find nothing, and say nothing."""
    with pytest.raises(PatternError):
        PatternSet([r"\pL{1000}"], memory=1 << 10)
