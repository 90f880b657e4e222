"""The example twice, before a provider scripted by us: as it is, and behind the gateway.

    untouched:  application ────────────────► provider
    behind:     application ──► gateway ──┬─► provider, at its first address
                                          └─► the same, at its second

The provider's first address listens only when it is told to: until then it is dead. Everything
ends with the block, and nothing is left but what was printed.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tenken.cli.demonstrating.running import HOST, application, gateway
from tenken.cli.demonstrating.settings import key_of_caller, relocated
from tenken.cli.demonstrating.watched import alerts_to
from tenken.cli.demonstrating.webhook import Webhook, webhook
from tenken.cli.rim import Rim
from tenken.drills.prove.bench import Bench, healthy_plan
from tenken.drills.prove.doors import Application, OwnProvider, listening
from tenken.drills.prove.requests import Brief
from tenken.drills.provider.server import FakeProvider
from tenken.transport.message import Request
from tenken.transport.server import Server

KEY, URL = "OPENAI_API_KEY", "OPENAI_BASE_URL"
"""The two settings."""
SCRIPTED_KEY = "any"
CONSOLE = {"inspection": ".tenken/inspection"}
PROMISES = (
    {"name": "answers", "sli": "availability", "target_percent": 95, "window_days": 28},
    {
        "name": "quick", "sli": "latency", "threshold_s": 2.56, "target_percent": 95,
        "window_days": 28, "use_case": "answer",
    },
)  # fmt: skip
"""What the console shows budgets of; the drills take some of them."""


class Setting(Struct, frozen=True, kw_only=True):
    """An application that runs, and all a drill needs to try it."""

    bench: Bench
    variables: Mapping[str, str]
    """The two settings it was started with."""


class Behind(Setting, frozen=True, kw_only=True):
    """The one behind the gateway."""

    journal: Path
    folder: Path
    """Of its settings."""
    heard: Webhook
    first: socket.socket
    provider: FakeProvider

    @asynccontextmanager
    async def revived(self) -> AsyncIterator[None]:
        """Let the provider answer at its first address too, until the block ends."""
        server = Server(self.provider, on_fault=_as_planned)
        await server.start(sock=self.first)
        try:
            yield
        finally:
            await server.drain(0)


@asynccontextmanager
async def untouched(example: Path, brief: Brief) -> AsyncIterator[Setting]:
    """Run the application right before the provider."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(
            listening(healthy_plan(brief.provider), host=HOST, port=0)
        )
        variables = {URL: _url(here.address), KEY: SCRIPTED_KEY}
        url = await stack.enter_async_context(application(example, _plenty(variables)))
        yield Setting(bench=_bench(stack, url, here.provider, brief), variables=variables)


@asynccontextmanager
async def behind(example: Path, brief: Brief, rim: Rim) -> AsyncIterator[Behind]:
    """Run the application behind the gateway, whose first provider is dead."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(
            listening(healthy_plan(brief.provider), host=HOST, port=0)
        )
        first = stack.enter_context(socket.socket())
        first.bind((HOST, 0))  # bound, so that nobody else takes it; who calls is refused
        places = {"openai": _url(first.getsockname()), "azure": _url(here.address)}
        heard, url = stack.enter_context(webhook())
        alerts = alerts_to(url, rim.speech)
        found = await stack.enter_async_context(served(example, places, rim, alerts=alerts))
        yield Behind(
            bench=_bench(stack, found.url, here.provider, brief),
            variables=found.variables,
            journal=found.journal,
            folder=found.folder,
            heard=heard,
            first=first,
            provider=here.provider,
        )


class Served(Struct, frozen=True, kw_only=True):
    """An application behind a gateway, whoever the providers are."""

    url: str
    variables: Mapping[str, str]
    journal: Path
    folder: Path


@asynccontextmanager
async def served(
    example: Path,
    places: Mapping[str, str],
    rim: Rim,
    *,
    alerts: Mapping[str, object] | None = None,
) -> AsyncIterator[Served]:
    """Run the gateway by the example's settings, with its providers at these base URLs."""
    with TemporaryDirectory(prefix="tenken-demo-") as name:
        folder = Path(name)
        shown = {"console": CONSOLE, "slos": PROMISES}
        beside = {"alerts": alerts, **shown} if alerts else None
        wanted = relocated(example, folder, places, beside)
        keys = {variable: f"{SCRIPTED_KEY}-{number}" for number, variable in enumerate(wanted)}
        key = key_of_caller(folder, rim)
        async with gateway(folder, keys) as base:
            variables = {URL: base, KEY: key}
            async with application(example, _plenty(variables)) as url:
                journal = folder / ".tenken" / "journal"
                yield Served(url=url, variables=variables, journal=journal, folder=folder)


def _bench(stack: AsyncExitStack, url: str, provider: FakeProvider, brief: Brief) -> Bench:
    asked = Application(url, clock=asyncio.get_running_loop().time)
    stack.callback(asked.close)
    return Bench(application=asked, provider=OwnProvider(provider), brief=brief)


def _plenty(variables: Mapping[str, str]) -> dict[str, str]:
    """Leave the application's own limit of requests out of the way, as a drill asks for."""
    return {**variables, "REQUESTS_PER_MINUTE": "100000"}


def _url(address: tuple[str, int]) -> str:
    return f"http://{address[0]}:{address[1]}/v1"


def _as_planned(_request: Request, _fault: Exception) -> None:
    """A connection that is cut as planned is nobody's fault."""
