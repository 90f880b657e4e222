"""What may be said of an answer, and how what may not is told."""

import json
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.gateway.hearing.said import Said, read_said
from tenken.journal.feedback import FeedbackKind, positive

GOOD = (
    ({"kind": "thumbs", "value": "up"}, 1.0, True),
    ({"kind": "thumbs", "value": "down"}, 0.0, False),
    ({"kind": "rating", "value": 5}, 5.0, True),
    ({"kind": "rating", "value": 3}, 3.0, None),
    ({"kind": "rating", "value": 1}, 1.0, False),
    ({"kind": "copied"}, 1.0, True),
    ({"kind": "accepted"}, 1.0, True),
    ({"kind": "edited", "value": 17}, 17.0, None),
    ({"kind": "executed"}, 1.0, True),
    ({"kind": "rejected"}, 1.0, False),
    ({"kind": "functional", "value": False}, 0.0, False),
    ({"kind": "impact", "value": 1200.5, "unit": "JPY"}, 1200.5, None),
    ({"kind": "link", "join_key": "order-1"}, 1.0, None),
)
BAD = (
    ({"kind": "thumbs", "value": 1}, ["value"]),
    ({"kind": "thumbs"}, ["value"]),
    ({"kind": "rating", "value": 0}, ["value"]),
    ({"kind": "rating", "value": True}, ["value"]),
    ({"kind": "rating", "value": 4.5}, ["value"]),
    ({"kind": "edited", "value": -1}, ["value"]),
    ({"kind": "copied", "value": 1}, ["value"]),
    ({"kind": "functional", "value": "yes"}, ["value"]),
    ({"kind": "impact", "value": 1}, ["unit"]),
    ({"kind": "impact", "unit": "\u00a5", "value": "much"}, ["unit", "value"]),
    ({"kind": "applause"}, ["kind"]),
    ({"kind": "link"}, ["join_key"]),
    ({"kind": "accepted", "comment": "He lives in Osaka"}, ["comment"]),
    ({"kind": "accepted", "join_ky": "a"}, ["join_ky"]),
    ({"kind": "accepted", "submitter": 7}, ["submitter"]),
    ({"kind": "accepted", "submitter": "x" * 513}, ["submitter"]),
    ({"kind": "accepted", "request_id": "a b"}, ["request_id"]),
)


@pytest.mark.parametrize(("said", "value", "good"), GOOD)
def test_each_kind_has_its_own_values(
    said: dict[str, object], value: float, *, good: bool | None
) -> None:
    found = read_said(json.dumps({"request_id": "req-1", **said}).encode())

    assert isinstance(found, Said)
    assert (found.value, found.request) == (value, "req-1")
    assert positive(found.kind, found.value) is good


@pytest.mark.parametrize(("said", "params"), BAD)
def test_what_cannot_be_taken_is_told_with_its_field(
    said: dict[str, object], params: list[str]
) -> None:
    found = read_said(json.dumps({"request_id": "req-1", **said}).encode())

    assert isinstance(found, tuple)
    assert [one.param for one in found] == params


def test_something_is_said_of_something() -> None:
    found = read_said(b'{"kind": "accepted"}')

    assert isinstance(found, tuple)
    assert [one.sentence.id for one in found] == ["feedback.of_nothing"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    read_said(body)


@given(
    st.dictionaries(
        st.sampled_from(("kind", "request_id", "join_key", "value", "unit", "token", "x")),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
            | st.sampled_from([kind.value for kind in FeedbackKind]),
            lambda inner: st.lists(inner, max_size=2),
            max_leaves=3,
        ),
    )
)  # fmt: skip
def test_whatever_is_taken_is_a_number_of_a_known_kind(said: dict[str, object]) -> None:
    found = read_said(json.dumps(said).encode())

    if isinstance(found, Said):
        assert isfinite(found.value)
        assert found.request or found.key or found.token


def test_a_number_beyond_all_bounds_is_no_value() -> None:
    body = b'{"kind": "impact", "unit": "x", "request_id": "r", "value": 1' + b"0" * 400 + b"}"
    found = read_said(body)

    assert isinstance(found, tuple)
    assert [one.param for one in found] in (["value"], [""])


def test_of_many_odd_fields_some_are_told() -> None:
    found = read_said(json.dumps({f"x{n}": 1 for n in range(800)}).encode())

    assert isinstance(found, tuple)
    assert len(found) < 30


@pytest.mark.parametrize("deep", [100_000])
def test_a_body_nested_deep_is_no_object(deep: int) -> None:
    found = read_said(b"[" * deep)

    assert isinstance(found, tuple)
