"""JSON that streams is judged as a whole text would be, however it is cut."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenken.guardrails.output.schema import match_of, problems, structure
from tenken.guardrails.output.structure import Structure

SCHEMA = {
    "type": "object",
    "properties": {
        "total": {"type": "integer"},
        "name": {"type": ["string", "null"]},
        "free": {},
    },
    "required": ["total"],
    "additionalProperties": False,
}


def reason(text: str, follower: Structure | None = None, *, cut: int = 1) -> str:
    follower = follower or Structure()
    for start in range(0, len(text), cut):
        follower.feed(text[start : start + cut])
    fault = follower.close()
    return fault.reason if fault else ""


def is_json(text: str) -> bool:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"total": 3, "name": "花"}', ""),
        ('{"total": 3, "name": null, "free": [1, {"a": "}"}]}', ""),
        ('{"total": "3"}', "wrong_type"),
        ('{"total": 3, "other": 1}', "unknown_key"),
        ('{"name": "x"}', "missing_key"),
        ("[1]", "wrong_type"),
        ('{"total": 3', "cut_off"),
        ("承知しました。{", "not_json"),
        ('{"total": 3} 以上です', "not_json"),
    ],
)
def test_the_top_level_is_held_to_its_types(text: str, told: str) -> None:
    """As soon as it shows: an answer in prose at its first letter."""
    assert reason(text, structure(SCHEMA)) == told


def test_a_fault_is_told_when_it_shows() -> None:
    """Not at the end of the stream."""
    follower = structure(SCHEMA)
    fault = follower.feed('{"total": "')

    assert fault is not None
    assert (fault.reason, fault.key, fault.at) == ("wrong_type", "total", 10)
    assert match_of(fault, 11).rule == "schema.wrong_type"
    assert follower.feed("3}") == fault


def test_depth_has_a_limit() -> None:
    """A reader behind us may have none."""
    assert reason("[" * 100) == "too_deep"
    assert reason("[" * 64 + "]" * 64) == ""


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(JSON, st.integers(1, 7), st.booleans())
@settings(max_examples=200, deadline=None)
def test_json_is_json_however_it_is_cut(value: object, cut: int, ascii_only: bool) -> None:
    """Escapes and spaces too."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=cut if ascii_only else None)

    assert reason(text, cut=cut) == ""


@given(st.text(st.sampled_from('{}[]",:0123456789.-+eEtruefalsn \\u'), max_size=14))
@settings(max_examples=400, deadline=None)
def test_it_agrees_with_a_reader_of_whole_texts(text: str) -> None:
    """On what is JSON and what is none."""
    assert (reason(text) == "") == is_json(text)


def test_a_whole_answer_is_held_to_the_whole_schema() -> None:
    """Every kind of problem has its rule."""
    assert problems('{"total": 3}', SCHEMA) == []
    assert [match.rule for match in problems("もちろんです", SCHEMA)] == ["schema.not_json"]
    assert [match.rule for match in problems('{"total": "3"}', SCHEMA)] == ["schema.type"]
