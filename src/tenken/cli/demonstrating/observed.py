"""What can be seen on the running system: many requests, and what its sinks say of them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tenken.cli.inspecting.opening import opening
from tenken.cli.observing.observe import Record, seen_of
from tenken.cli.observing.sources import Asked
from tenken.cli.rim import Rim
from tenken.cli.serving.machine import wall_us
from tenken.cli.writing import write_text
from tenken.evidence import Evidence
from tenken.journal.exchange import Exchange
from tenken.keeper.sinks.logs.lines import Style
from tenken.keeper.sinks.logs.writing import File, Logs
from tenken.keeper.sinks.traces.otlp import request
from tenken.keeper.sinks.traces.spans import spans_of

ROUTE = "gpt-4o"
LANES, EACH = 8, 130
"""So many at one time, and so many one after another: over a thousand."""
CAP_S = 30.0


async def many(base: str, key: str) -> None:
    """Ask often enough that something can be said of how it runs."""
    host, port = base.removeprefix("http://").removesuffix("/v1").split(":")
    asked = {"model": ROUTE, "messages": [{"role": "user", "content": "シフトの締切は?"}]}
    body = msgspec.json.encode(asked)
    async with asyncio.timeout(CAP_S), asyncio.TaskGroup() as group:
        for lane in range(LANES):
            group.create_task(_lane((host, int(port)), key, body, lane=lane))


def observed(
    rim: Rim, example: Path, folder: Path, exchanges: Sequence[Exchange]
) -> tuple[Evidence, ...]:
    """Look at the lines and spans that sinks make of them, as `tenken observe` does."""
    ground = opening(rim, example, state=folder / "observed")
    lines, spans = folder / "log.jsonl", folder / "traces.json"
    Logs(File(lines), Style(service=ground.service)).deliver(exchanges, wall_us())
    made = [span for one in exchanges for span in spans_of(one, "1.41")]
    sent = request(made, resource={"service.name": ground.service}, schema_url="")
    export = ExportTraceServiceRequest.FromString(sent)
    write_text(spans, MessageToJson(export, indent=None))
    return seen_of(
        rim,
        ground,
        Asked(logs=(lines,), traces=(spans,)),
        services=frozenset({ground.service}),
        record=Record(key=None, hours=timedelta(days=1) // timedelta(hours=1)),
        quiet=True,
    )


async def _lane(address: tuple[str, int], key: str, body: bytes, *, lane: int) -> None:
    """Ask one after another on one connection, each in a trace of the caller's own."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        for number in range(EACH):
            trace, span = f"{lane + 1:016x}{number + 1:016x}", f"{number + 1:016x}"
            head = (
                "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n"
                "content-type: application/json\r\n"
                f"authorization: Bearer {key}\r\ntraceparent: 00-{trace}-{span}-01\r\n"
                f"content-length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            length = 0
            while (line := await reader.readline()).strip():
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            await reader.readexactly(length)
    finally:
        writer.close()
