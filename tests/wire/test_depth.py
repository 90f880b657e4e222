"""How deep a body is nested is found without reading it, and exactly."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire import body
from tenken.wire.asked import BodyLimits
from tenken.wire.body import sound
from tenken.wire.refusal import Refusal

TEXTS = st.text(alphabet='[]{}"\\,: aあ', max_size=12)
JSON = st.recursive(
    TEXTS | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=20,
)


def depth(value: object) -> int:
    match value:
        case list():
            return 1 + max((depth(one) for one in value), default=0)
        case dict():
            return 1 + max((depth(one) for one in value.values()), default=0)
        case _:
            return 0


def code(text: bytes, limits: BodyLimits) -> str:
    try:
        sound(text, limits=limits)
    except Refusal as refusal:
        return refusal.refused.code
    return ""


@pytest.mark.parametrize("piece", [1 << 20, 7, 1])
@given(value=JSON, most=st.integers(0, 6), ascii_=st.booleans())
def test_what_is_nested_too_deeply_is_refused_and_nothing_else(
    piece: int, value: object, most: int, *, ascii_: bool
) -> None:
    """Brackets in texts are text, however they are escaped, and wherever a piece ends."""
    text = json.dumps(value, ensure_ascii=ascii_).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "PIECE", piece)
        refused = code(text, BodyLimits(depth_max=most))

    assert refused == ("too_deep" if depth(value) > most else "")


@pytest.mark.parametrize(
    "made",
    [
        lambda n: b"[" * n,
        lambda n: b'{"a":' * n,
        lambda n: b"[" * n + b"]" * n,
        lambda n: b'{"a":[' * n + b"1" + b"]}" * n,
    ],
    ids=["open lists", "open objects", "lists", "both"],
)
def test_what_is_endlessly_deep_is_refused_at_once(made: Callable[[int], bytes]) -> None:
    """Closed or not."""
    assert code(made(50_000), BodyLimits()) == "too_deep"


def test_more_objects_than_anybody_needs_are_refused_unread() -> None:
    """Whatever they are; texts may hold as many brackets as they like."""
    limits = BodyLimits(objects_max=100)

    assert code(b"[" + b"{}," * 100 + b"{}]", limits) == "invalid_value"
    assert code(b"[" + b"{}," * 99 + b"{}]", limits) == ""
    assert code(b'["' + b"{" * 1000 + b'"]', limits) == ""
