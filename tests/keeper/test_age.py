"""Nothing that still goes on is settled as if its worker were gone."""

import msgspec
import pytest

from tenken.config.application import Route
from tenken.config.serving import LONGEST_REQUEST_S, RouteTimeouts
from tenken.keeper.drain import ORPHAN_AGE_US

MINUTE_US = 60 * 1_000_000
ROUTE = {"name": "desk", "use_case": "answer", "targets": ["first"]}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        pytest.param(RouteTimeouts, {"total_s": LONGEST_REQUEST_S + 1}, id="timeouts"),
        pytest.param(Route, {**ROUTE, "timeout_s": LONGEST_REQUEST_S + 1}, id="timeout_s"),
    ],
)
def test_no_settings_allow_a_request_longer_than_the_keeper_waits(
    kind: type, fields: dict[str, object]
) -> None:
    """Whoever says more is told; what the longest takes is well below what counts as gone."""
    with pytest.raises(msgspec.ValidationError, match=r"<= 3600"):
        msgspec.convert(fields, kind)

    assert round(LONGEST_REQUEST_S) * 1_000_000 + 10 * MINUTE_US < ORPHAN_AGE_US
