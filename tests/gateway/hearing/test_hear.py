"""`/v1/feedback`: who may speak of what, on record once it is taken."""

import pytest
from msgspec.structs import replace

from tenken.gateway.hearing.hear import Hearing
from tenken.gateway.hearing.token import FeedbackTokens
from tenken.journal.feedback import FeedbackKind
from tests.gateway.ground import (
    KEY,
    MANNER,
    answers,
    plan_of,
    provider,
    standing,
    target,
)

pytestmark = pytest.mark.anyio
PATH = "/v1/feedback"
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
TOKENS = FeedbackTokens(MANNER.fingerprint_key, hours=1)
PAGE = "https://desk.example.com"
WITH_TOKENS = replace(MANNER, hearing=Hearing(tokens=TOKENS, origins=frozenset({PAGE.encode()})))


async def test_a_caller_speaks_of_its_answer_and_it_is_on_record() -> None:
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as ground:
        answer = await ground.post(ASKED)
        request = answer.headers["x-request-id"]
        said = {
            "request_id": request, "kind": "rating", "value": 4,
            "join_key": "order 17", "submitter": "hanako@example.jp",
        }  # fmt: skip
        got = await ground.post(said, path=PATH)
        again = await ground.post({**said, "value": 2}, path=PATH)

    assert got.status == again.status == 202
    first, second = ground.kept.heard
    assert (first.request, first.kind, first.value) == (request, FeedbackKind.RATING, 4.0)
    assert (first.caller, first.via) == ("app", "key")
    assert first.id == second.id
    assert second.value == 2.0
    assert "hanako" not in repr(first)
    assert "order" not in repr(first)
    assert "x-tenken-feedback" not in answer.headers


async def test_another_person_says_something_else() -> None:
    async with standing(plan_of(())) as ground:
        for who in ("hanako", "taro", "hanako"):
            await ground.post(
                {"request_id": "r", "kind": "thumbs", "value": "up", "submitter": who}, path=PATH
            )

    ids = [one.id for one in ground.kept.heard]
    assert ids[0] == ids[2] != ids[1]


async def test_nobody_speaks_without_key_or_token() -> None:
    said = {"request_id": "r", "kind": "accepted"}
    async with standing(plan_of(()), manner=WITH_TOKENS) as ground:
        bare = await ground.post(said, path=PATH, key=None)
        wrong = await ground.post(said, path=PATH, key="tk-" + "b" * 40)
        forged = await ground.post({**said, "token": "f1.AA.BB"}, path=PATH, key=None)

    assert [bare.status, wrong.status, forged.status] == [401, 401, 401]
    assert forged.code == "invalid_feedback_token"
    assert ground.kept.heard == []


async def test_a_browser_speaks_of_the_one_answer_whose_token_it_has() -> None:
    async with (
        provider(answers) as origin,
        standing(plan_of((target("t0", origin),)), manner=WITH_TOKENS) as ground,
    ):
        answer = await ground.post(ASKED)
        token = answer.headers["x-tenken-feedback"]
        said = {"token": token, "kind": "thumbs", "value": "down", "submitter": "me"}
        origin_line = (("origin", PAGE),)
        taken = await ground.post(said, path=PATH, key=None, headers=origin_line)
        other = await ground.post({**said, "request_id": "req-other"}, path=PATH, key=None)
        again = await ground.post({**said, "submitter": "still me"}, path=PATH, key=None)

    assert (taken.status, again.status) == (202, 202)
    assert taken.headers["access-control-allow-origin"] == PAGE
    assert (other.status, other.code) == (403, "not_yours")
    first, second = ground.kept.heard
    assert first.request == answer.headers["x-request-id"]
    assert (first.caller, first.via, first.submitter) == ("app", "token", "")
    assert first.id == second.id


@pytest.mark.parametrize(("page", "status"), [(PAGE, 204), ("https://other.example.com", 403)])
async def test_a_page_is_asked_for_before_a_browser_sends(page: str, status: int) -> None:
    async with standing(plan_of(()), manner=WITH_TOKENS) as ground:
        got = await ground.method("OPTIONS", PATH, headers=(("origin", page),))

    assert got.status == status
    assert got.headers.get("access-control-allow-origin") == (PAGE if status == 204 else None)


async def test_everything_wrong_is_told_at_once() -> None:
    async with standing(plan_of(())) as ground:
        got = await ground.post({"kind": "impact", "value": "much", "comment": "nice"}, path=PATH)

    assert (got.status, got.code) == (400, "invalid_feedback")
    message = str(got.json["error"])
    for part in ("comment:", "request_id:", "value:", "unit:"):
        assert part in message
    assert ground.kept.heard == []


async def test_what_is_not_on_record_was_not_taken() -> None:
    async with standing(plan_of(())) as ground:
        ground.kept.full = True
        got = await ground.post({"request_id": "r", "kind": "accepted"}, path=PATH)

    assert (got.status, got.headers["retry-after"]) == (503, "5")


async def test_a_body_that_is_too_long_is_refused() -> None:
    async with standing(plan_of(())) as ground:
        got = await ground.post(b'{"kind": "' + b"x" * 9_000 + b'"}', path=PATH)

    assert got.status == 413


async def test_it_is_read_by_nobody() -> None:
    async with standing(plan_of(())) as ground:
        got = await ground.method("GET", PATH, headers=(("authorization", f"Bearer {KEY}"),))

    assert got.status == 405


async def test_a_caller_does_not_drown_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenken.gateway.hearing.hear.RPM", 2)
    async with standing(plan_of(())) as ground:
        got = [
            await ground.post({"request_id": f"r{n}", "kind": "copied"}, path=PATH)
            for n in range(3)
        ]

    assert [one.status for one in got] == [202, 202, 429]


async def test_a_browser_replaces_nothing_that_its_caller_said() -> None:
    token = TOKENS.token(request="req-1", caller="app", at=2**60).decode()
    async with standing(plan_of(()), manner=WITH_TOKENS) as ground:
        worked = {"kind": "functional", "value": True}
        await ground.post({"request_id": "req-1", **worked}, path=PATH)
        await ground.post({"token": token, **worked, "value": False}, path=PATH, key=None)
        refused = await ground.post(
            {"token": token, "kind": "impact", "value": 1, "unit": "JPY"}, path=PATH, key=None
        )

    first, second = ground.kept.heard
    assert first.id != second.id
    assert (refused.status, refused.code) == (400, "not_yours")


async def test_browsers_do_not_drown_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenken.gateway.hearing.hear.BROWSERS_RPM", 2)
    token = TOKENS.token(request="req-1", caller="app", at=2**60).decode()
    async with standing(plan_of(()), manner=WITH_TOKENS) as ground:
        got = [
            await ground.post({"token": token, "kind": "copied"}, path=PATH, key=None)
            for _ in range(3)
        ]

    assert [one.status for one in got] == [202, 202, 429]
