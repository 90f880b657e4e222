"""A head that comes again is not read again, and opens nothing that it would not open anew."""

import hashlib
from types import SimpleNamespace
from typing import cast

import pytest
from msgspec.structs import replace

from tenken.gateway.flow import Flow
from tenken.gateway.heads.said import said_by
from tenken.gateway.identify import Authenticate
from tenken.gateway.plan import Caller, Key, Plan
from tenken.transport.message import Notes, Request, by_name
from tenken.wire.refusal import Refusal

ENDS = 2_000
GIVEN = b"tk-" + b"k" * 8
KEY = Key(caller="app", sha256=hashlib.sha256(GIVEN).digest(), expires_at=ENDS)
PLAN = Plan(
    version="1",
    routes={},
    targets={},
    callers={"app": Caller(id="app", routes=frozenset())},
    keys={KEY.sha256: KEY},
)


def request(value: bytes, notes: Notes) -> Request:
    """A request of a connection on which this head has come."""
    headers = ((b"authorization", b"Bearer " + value),)
    return Request("POST", "/v1/x", "", headers, by_name(headers), b"", "peer", 0.0, notes)


def caller(stage: Authenticate, asked: Request, *, plan: Plan = PLAN, at: int = 1_000) -> str:
    """Who the stage says it is."""
    flow = SimpleNamespace(request=asked, said=said_by(asked), plan=plan, at=at, caller=None)
    stage(cast("Flow", flow))
    assert flow.caller is not None
    return cast("Caller", flow.caller).id


def test_a_known_head_is_read_once() -> None:
    """All requests that have it share what it says."""
    notes = Notes()

    assert said_by(request(GIVEN, notes)) is said_by(request(GIVEN, notes))


@pytest.mark.parametrize("later", [{"plan": replace(PLAN, keys={})}, {"at": ENDS}])
def test_a_key_that_ended_opens_nothing_on_a_connection_where_it_did(
    later: dict[str, object],
) -> None:
    """Revoked is what another plan does not have; the clock is looked at each time."""
    stage, notes = Authenticate(), Notes()
    assert [caller(stage, request(GIVEN, notes)) for _ in range(2)] == ["app", "app"]

    with pytest.raises(Refusal):
        caller(stage, request(GIVEN, notes), **later)  # type: ignore[arg-type]


def test_a_token_is_looked_at_each_time() -> None:
    """Its issuer may have changed its keys."""
    seen: list[bytes] = []

    class Tokens:
        def caller(self, _plan: Plan, token: bytes, *, now: int) -> str | None:
            seen.append(token)
            return "app" if now < ENDS else None

    stage, notes, token = Authenticate(Tokens()), Notes(), b"eyJ" + b"t" * 8
    assert [caller(stage, request(token, notes)) for _ in range(2)] == ["app", "app"]

    assert seen == [token, token]
    with pytest.raises(Refusal):
        caller(stage, request(token, notes), at=ENDS)
