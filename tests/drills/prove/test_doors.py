"""A drill reaches a provider in its own process or elsewhere, and says where it cannot."""

import asyncio

import pytest

from tenken.drills.prove.bench import down_plan, healthy_plan, status
from tenken.drills.prove.doors import Application, OwnProvider, RunningProvider, listening
from tenken.errors import UsageError
from tests.drills.prove.making import ASK, brief
from tests.drills.prove.small import Model

pytestmark = pytest.mark.anyio
PLAN = healthy_plan(brief().provider)


async def test_both_doors_show_the_same() -> None:
    """The plan goes in, and the same log comes out."""
    async with listening(PLAN, host="127.0.0.1", port=0) as here:
        elsewhere = RunningProvider("http://{}:{}".format(*here.control))
        model = Model(here.address)
        await elsewhere.obey(down_plan(status(503)))
        told = await model.call([("user", "hello canary-1")])
        model.close()

        assert told.status == 503
        assert await elsewhere.seen() == await OwnProvider(here.provider).seen()


async def test_a_log_does_not_change_in_the_hand() -> None:
    """What was seen before is not seen to end later."""
    async with listening(PLAN, host="127.0.0.1", port=0) as here:
        model = Model(here.address)
        await model.call([("user", "hello")])
        model.close()
        (seen,) = await OwnProvider(here.provider).seen()
        here.provider.seen[0].status = 599

    assert seen.status == 200


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://127.0.0.1", "127.0.0.1:80", ""])
async def test_a_control_that_is_none_is_told(url: str) -> None:
    """By its address."""
    with pytest.raises(UsageError) as told:
        await RunningProvider(url).seen()

    assert told.value.sentence.fields["url"] == url


async def test_an_application_that_is_not_there_is_an_answer() -> None:
    """A drill goes on, and says so."""
    application = Application("http://127.0.0.1:1", clock=asyncio.get_running_loop().time)
    answered = await application.ask(ASK, within_s=5)

    assert (answered.status, answered.why_not) == (0, "refused")


async def test_a_port_that_is_taken_is_told() -> None:
    """Before any drill begins."""
    async with listening(PLAN, host="127.0.0.1", port=0) as here:
        with pytest.raises(UsageError, match="cannot_listen"):
            async with listening(PLAN, host="127.0.0.1", port=here.address[1]):
                pass
