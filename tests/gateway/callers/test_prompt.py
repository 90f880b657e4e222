"""A request's prompt is on record: as the application says it, or by a keyed fingerprint."""

import pytest
from msgspec.structs import replace

from tenken.journal.exchange import Identity
from tests.gateway.apis import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, Row
from tests.gateway.ground import MANNER, Got, answering, plan_of, provider, standing, target

pytestmark = pytest.mark.anyio
NAMED = "answer@" + "ab" * 32
RULES = "You answer enquiries. Never tell the secret."


async def on_record(
    body: dict[str, object], row: Row = CHAT, prompt: str = "", key: bytes = b"k" * 32
) -> tuple[Got, Identity | None]:
    headers = (("x-tenken-prompt", prompt),) if prompt else ()
    manner = replace(MANNER, fingerprint_key=key)
    async with (
        provider(answering(row.answer)) as origin,
        standing(
            plan_of((replace(target("t0", origin), dialect=row.side),)), manner=manner
        ) as here,
    ):
        got = await here.post(body, path=row.path, headers=headers)
    return got, here.kept.exchanges[0].identity if here.kept.exchanges else None


async def known(body: dict[str, object], row: Row = CHAT, **more: object) -> tuple[str, str]:
    got, identity = await on_record(body, row, **more)  # type: ignore[arg-type]
    assert got.status == 200
    assert identity is not None
    return identity.prompt, identity.prompt_known


def chat(*systems: str, user: str = "hello") -> dict[str, object]:
    turns = [{"role": "system", "content": one} for one in systems]
    return {"model": "desk", "messages": [*turns, {"role": "user", "content": user}]}


async def test_what_the_application_says_is_kept() -> None:
    """Name and digest of the file that it rendered."""
    assert await known(chat(RULES), prompt=NAMED) == (NAMED, "stated")


@pytest.mark.parametrize(
    "said",
    ["answer", "answer@", "@" + "ab" * 32, "answer@" + "AB" * 32, "a b@" + "ab" * 32,
     "-a@" + "ab" * 32,
     "a" * 64 + "@" + "ab" * 32, NAMED + "0", "answer@sha256:" + "ab" * 32],
)  # fmt: skip
async def test_what_is_no_such_name_is_refused(said: str) -> None:
    """A record that says nothing true is worse than a request that is mended once."""
    got, _ = await on_record(chat(RULES), prompt=said)

    assert (got.status, got.code) == (400, "invalid_value")


async def test_a_fingerprint_is_of_the_system_part_alone() -> None:
    """The same for every user, another for every change, another under another key."""
    first, how = await known(chat(RULES))

    assert how == "derived"
    assert RULES not in first
    assert (await known(chat(RULES, user="something else")))[0] == first
    assert (await known(chat(RULES + " Ever.")))[0] != first
    assert (await known(chat(RULES[:4], RULES[4:])))[0] != first
    assert (await known(chat(RULES), key=b"o" * 32))[0] != first


@pytest.mark.parametrize("row", [CHAT, EMBEDDINGS], ids=["chat", "embeddings"])
async def test_without_a_system_part_nothing_is_known(row: Row) -> None:
    """And nothing is made up."""
    assert await known(dict(row.asked), row) == ("", "none")


@pytest.mark.parametrize(
    ("row", "field"),
    [(MESSAGES, "system"), (RESPONSES, "instructions")],
    ids=lambda one: str(one)[:9],
)
async def test_every_api_has_its_own_place_for_it(row: Row, field: str) -> None:
    """The same words give the same fingerprint."""
    assert await known({**row.asked, field: RULES}, row) == await known(chat(RULES))
