"""Clients that do not read are waited for alone, however many are answered in the same turn."""

import socket

import pytest

from tenken.gateway.direct.passing import Passing
from tenken.transport.connection import Connection
from tests.gateway.direct.cases import ASKED
from tests.gateway.direct.turns import Turn, crowd, heard
from tests.gateway.ground import ANSWER, answering

pytestmark = pytest.mark.anyio
COUNT, SLOW = 8, 3
LONG = "word " * 50_000
"""Less than a provider is held back for, and more than is kept for a client."""
LARGE = {**ANSWER, "choices": [{"message": {"content": LONG}, "finish_reason": "stop"}]}


def narrow(many: list[Passing]) -> None:
    """Keep little of what is sent."""
    for one in many:
        assert isinstance(one.line, Connection)
        ours = one.line._transport
        ours.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
        ours.set_write_buffer_limits(high=1024)


async def test_who_does_not_read_is_waited_for_and_nobody_else_is() -> None:
    """Its next request comes when it has read; all answers are whole, and on record once."""
    async with crowd(COUNT, answering(LARGE)) as those:
        slow, others = those.clients[:SLOW], those.clients[SLOW:]
        for client in slow:
            client.stop_reading()
        waiting = list[Passing]()

        def then(many: list[Passing]) -> None:
            narrow(many)
            waiting.extend(many)

        Turn(those.ends, COUNT, then)
        for client in those.clients:
            client.send(ASKED)
        first = await heard(client.got() for client in others)
        for client in those.clients:
            client.send(ASKED)
        again = await heard(client.got() for client in others)
        behind = [one for one in waiting if isinstance(one.line, Connection) and one.line.behind]
        assert len(behind) == SLOW
        assert len(those.kept.exchanges) == COUNT + len(others)
        for client in slow:
            client.read_on()
        late = [await heard(client.got() for client in slow) for _ in range(2)]
        assert those.at_rest()

    got = [*first, *again, *late[0], *late[1]]
    assert len(got) == len({one.id for one in those.kept.exchanges}) == 2 * COUNT
    for one in got:
        assert one is not None
        assert one.json == LARGE
    assert those.kept.ended[0] == COUNT


async def test_who_is_behind_and_leaves_is_on_record_as_it_was_answered() -> None:
    """What it sent meanwhile is not begun."""
    async with crowd(COUNT, answering(LARGE)) as those:
        for client in those.clients[:SLOW]:
            client.stop_reading()
        Turn(those.ends, COUNT, narrow)
        for client in those.clients:
            client.send(ASKED)
        await heard(client.got() for client in those.clients[SLOW:])
        for client in those.clients[:SLOW]:
            client.send(ASKED)
            client.leave()
        for client in those.clients[SLOW:]:
            client.send(ASKED)
        again = await heard(client.got() for client in those.clients[SLOW:])
        assert those.at_rest()

    assert {one.status for one in again if one} == {200}
    assert len({one.id for one in those.kept.exchanges}) == len(those.calls)
    assert len(those.calls) == 2 * COUNT - SLOW
    assert {one.status for one in those.kept.exchanges} == {200}
