"""Whatever is asked: it is said as JSON, or refused; never a crash."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.pairs import PAIRS, Pair
from tenken.wire.refusal import Refusal
from tests.wire.translate.callers import CHAT, MESSAGES, Calling

TRANSLATED = [pair for pair in PAIRS if pair.how == "approximate"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(["user", "assistant", "tool", "text", "c1", "function", "{}", "tool_use"])
)
NAMES = st.sampled_from(
    [
        "role", "content", "type", "text", "id", "tool_calls", "tool_call_id", "function", "name",
        "arguments", "image_url", "url", "source", "input", "tool_use_id", "parameters", "schema",
        "json_schema", "format", "input_schema",
    ]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=14,
)
FIELDS = st.sampled_from(
    [
        "messages", "tools", "tool_choice", "response_format", "stop", "seed", "max_tokens",
        "user", "max_completion_tokens", "system", "stop_sequences", "output_config", "metadata",
        "top_k", "temperature", "parallel_tool_calls",
    ]
)  # fmt: skip


@pytest.mark.parametrize("pair", TRANSLATED, ids=lambda pair: f"{pair.api} at {pair.side}")
@given(more=st.dictionaries(FIELDS, JSON, min_size=1, max_size=3))
def test_any_request_is_said_or_refused(pair: Pair, more: dict[str, object]) -> None:
    """A value of any kind in any field."""
    caller: Calling = next(one for one in (CHAT, MESSAGES) if one.api is pair.api)
    assert pair.dialect is not None

    with suppress(Refusal):
        sent = pair.dialect.outgoing(caller.asked(more), model="m")
        assert isinstance(json.loads(sent.written), dict)


@pytest.mark.parametrize("pair", TRANSLATED, ids=lambda pair: f"{pair.api} at {pair.side}")
@pytest.mark.parametrize("field", ["seed", "max_tokens", "max_completion_tokens", "top_k"])
def test_no_number_is_too_large_to_be_said(pair: Pair, field: str) -> None:
    """It is refused before."""
    caller: Calling = next(one for one in (CHAT, MESSAGES) if one.api is pair.api)

    with pytest.raises(Refusal) as told:
        caller.asked({field: 10**30})

    assert told.value.refused.param == field
