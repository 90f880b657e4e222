"""The gateway with a real model on this machine behind it, after a provider that is dead."""

import socket
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tenken.cli.asking import recorded
from tenken.cli.asking.call import Question, ask
from tenken.cli.demonstrating.running import HOST, embedded, gateway
from tenken.cli.demonstrating.settings import key_of_caller
from tenken.cli.rim import Rim
from tenken.cli.writing import write_text
from tenken.embedded.weights import SMOLLM2

QUESTION = "What is a gateway? Answer in one short sentence."
CALLER, ROUTE = "demo", "desk"
WITHIN_S = 120.0


async def modelled(rim: Rim) -> None:
    """Ask once, and tell the answer and its record."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tenken-demo-")))
        dead = stack.enter_context(socket.socket())
        dead.bind((HOST, 0))  # bound, so that nobody else takes it; who calls is refused
        address = await stack.enter_async_context(
            embedded(rim.settings.cache_home, rim.speech.language)
        )
        _write(folder, dead=f"http://{HOST}:{dead.getsockname()[1]}/v1", alive=address)
        key = key_of_caller(folder, rim)
        base = await stack.enter_async_context(gateway(folder, {"DEAD_KEY": "any"}))
        question = Question(url=base, key=key, model=ROUTE, text=QUESTION, within_s=WITHIN_S)
        rim.write(rim.speech.text("demo.modelled", model=SMOLLM2.name, question=QUESTION))
        pieces: list[str] = []
        heard = await ask(question, pieces.append)
        rim.write(f"  {''.join(pieces).strip()}\n")
        record = recorded.with_id(folder / ".tenken" / "journal", heard.id)
    if record is not None:
        rim.write("\n".join(f"  {line}" for line in recorded.lines(record, rim.speech)))
    rim.write(f"\n{rim.speech.text('demo.modelled_end')}")


def _write(folder: Path, *, dead: str, alive: str) -> None:
    """Write both files as JSON, which is YAML."""
    platform = {
        "platform": {"name": "demo", "version": "1", "owner": "demo"},
        "providers": [
            {
                "id": "dead",
                "kind": "other",
                "base_url": dead,
                "credentials": {"kind": "env", "name": "DEAD_KEY"},
            },
            {"id": "embedded", "kind": "embedded", "base_url": alive},
        ],
    }
    manifest = {
        "application": {"name": "demo", "owner": "demo"},
        "extends": {"platform": "platform.yaml", "version": "1"},
        "use_cases": [{"id": "answer", "description": "Answers a question"}],
        "models": [
            {"id": "first", "provider": "dead", "model": "any"},
            {"id": "small", "provider": "embedded", "model": SMOLLM2.name},
        ],
        "routes": [{"name": ROUTE, "use_case": "answer", "targets": ["first", "small"]}],
        "callers": [{"id": CALLER, "routes": [ROUTE]}],
        "gateway": {"private_upstreams": True},
    }
    write_text(folder / "platform.yaml", msgspec.json.encode(platform).decode())
    write_text(folder / "tenken.yaml", msgspec.json.encode(manifest).decode())
