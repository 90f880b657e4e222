"""The fault matrix over real sockets: tenken's gateway, and LiteLLM beside it.

    python -m bench.faults.run                              # tenken alone
    python -m bench.faults.run --litellm VENV/bin/litellm   # both, and the table of the reference

Chat completions, one request a cell. Both gateways stand over the same two fake providers, with a
route of its own for each cell. Settings and what they mean are told in README.md.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.faults.sides import CELLS, WARM, Cell, Provider, Side, litellm, ours, plan, provider
from tests.faults.cells import BESIDE, DOCS, FAULTS, FORMS

from tenken.drills.provider.telling import ANSWER
from tenken.transport.addresses import Origin
from tenken.transport.errors import UpstreamFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience

HERE = Path(__file__).parent
RESULTS = HERE / "results.jsonl"
PATIENCE_S = 60.0
AT_ONCE = 6
WARM_UPS = 20
PAGES = {
    DOCS / "reference" / "faults.md": (
        "answered, where there was a second provider",
        "looks whole and is not",
        "no end within a minute",
        "calls to providers, all cells",
        "seconds, median of all cells",
    ),
    DOCS / "ja" / "faults.md": (
        "2 つ目のプロバイダーがある場合の正しい応答",
        "完全に見えるが、そうでない応答",
        "1 分以内に終わらないもの",
        "プロバイダーの呼び出し回数(全セル)",
        "所要時間の中央値(秒、全セル)",
    ),
}
MARKS = (BESIDE, "<!-- beside: end -->")


@dataclass(frozen=True)
class Result:
    """What a client had."""

    gateway: str
    fault: str
    form: str
    providers: str
    had: str
    calls: int
    seconds: float


async def asked(side: Side) -> list[tuple[Cell, str, float]]:
    """Ask every cell, a few at a time."""
    origin = Origin(host="127.0.0.1", port=side.port, tls=False)
    pool = Pool(origin, limits=PoolLimits(allow_private=True))
    few = asyncio.Semaphore(AT_ONCE)
    found: list[tuple[Cell, str, float]] = []

    async def one(cell: Cell) -> None:
        async with few:
            began = time.perf_counter()
            had = await _ask(pool, side, cell.route, stream=cell.form == "stream")
            found.append((cell, had, time.perf_counter() - began))

    for number in range(WARM_UPS):
        await _ask(pool, side, WARM, stream=bool(number % 2))
    async with asyncio.TaskGroup() as group:
        for cell in CELLS:
            group.create_task(one(cell))
    pool.close()
    return found


async def _ask(pool: Pool, side: Side, route: str, *, stream: bool) -> str:
    said: dict[str, object] = {
        "model": route,
        "messages": [{"role": "user", "content": "hello"}],
    }
    if stream:
        said["stream"] = True
    body = json.dumps(said).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n"
        f"content-type: application/json\r\nauthorization: Bearer {side.key}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode()
    until = pool.clock() + PATIENCE_S
    parts: list[bytes] = []
    broken = False
    status = 0
    try:
        reply = await pool.call(
            head, body, patience=Patience(PATIENCE_S, PATIENCE_S, PATIENCE_S, until)
        )
        status = reply.status
        while (part := await reply.next()) is not None:
            parts.append(part)
    except UpstreamFailed:
        broken = True
    if pool.clock() >= until:
        return f"no end within {PATIENCE_S:.0f} s"
    return told(status, b"".join(parts), stream=stream, broken=broken)


def told(status: int, body: bytes, *, stream: bool, broken: bool) -> str:
    """Say in a few words what a client had."""
    if not status:
        return "no answer"
    if status != 200:
        return f"{status} {_code(body)}".strip()
    if broken:
        return "cut"
    if not stream:
        return "answered" if _text_of(body) == ANSWER else "200, another text"
    return _told_of_stream(body)


def _told_of_stream(body: bytes) -> str:
    text, error, finished = "", False, False
    for line in body.split(b"\n"):
        data = line.removeprefix(b"data:").strip()
        if not line.startswith(b"data:") or data == b"[DONE]":
            continue
        try:
            chunk = json.loads(data)
        except ValueError:
            error = True  # a client fails on it
            continue
        error = error or "error" in chunk
        for choice in chunk.get("choices") or ():
            text += (choice.get("delta") or {}).get("content") or ""
            finished = finished or bool(choice.get("finish_reason"))
    if error:
        return "in band error" if ANSWER not in text else "in band error after the whole text"
    ended = b"data: [DONE]" in body
    if text == ANSWER and ended and finished:
        return "answered"
    words = "the whole text" if text == ANSWER else "text cut" if text else "no text"
    if text.count(ANSWER[:8]) > 1:
        words = "text said twice"
    return f"looks whole: {words}" if ended or finished else f"ends in silence: {words}"


def _text_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["choices"][0]["message"]["content"])
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def _code(body: bytes) -> str:
    try:
        error = json.loads(body).get("error")
        return str(error.get("code") or error.get("type") or "")[:40]
    except (ValueError, AttributeError):
        return ""


def measured(side: Side, first: Provider, second: Provider) -> list[Result]:
    """Ask one gateway everything."""
    for one in (first, second):
        one.obey(plan())
    had = asyncio.run(asked(side))
    calls = {**first.calls(), **second.calls()}
    return [
        Result(
            side.name,
            cell.fault,
            cell.form,
            cell.providers,
            what,
            calls.get(f"{cell.route}.a", 0) + calls.get(f"{cell.route}.b", 0),
            round(seconds, 2),
        )
        for cell, what, seconds in had
    ]


def table(results: list[Result]) -> str:
    """Write one row a fault and form, both gateways beside each other."""
    names = list(dict.fromkeys(one.gateway for one in results))
    by_cell = {(one.gateway, one.fault, one.form, one.providers): one for one in results}
    head = ["first provider", "answer", "providers", *names]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for fault in FAULTS:
        for form, providers in FORMS:
            row = [by_cell.get((name, fault, form, providers)) for name in names]
            if any(row):
                said = [_cell(one) for one in row]
                lines.append(f"| {' | '.join([fault, form, providers, *said])} |")
    return "\n".join(lines)


def _cell(one: Result | None) -> str:
    if one is None:
        return "–"
    calls = "call" if one.calls == 1 else "calls"
    return f"{one.had}; {one.calls} {calls}, {one.seconds:.1f} s"


def summary(results: list[Result], labels: tuple[str, ...]) -> str:
    """Count what matters most, one column a gateway."""
    names = list(dict.fromkeys(one.gateway for one in results))
    of = {name: [one for one in results if one.gateway == name] for name in names}
    counted: tuple[Callable[[list[Result]], str], ...] = (
        lambda all_: _share([one for one in all_ if one.providers == "two"], "answered"),
        lambda all_: _share(all_, "looks whole"),
        lambda all_: _share(all_, "no end"),
        lambda all_: str(sum(one.calls for one in all_)),
        lambda all_: f"{statistics.median(one.seconds for one in all_):.1f}",
    )
    lines = [f"| | {' | '.join(names)} |", "|" + "---|" * (1 + len(names))]
    for label, count in zip(labels, counted, strict=True):
        lines.append(f"| {label} | {' | '.join(count(of[name]) for name in names)} |")
    return "\n".join(lines)


def _share(results: list[Result], had: str) -> str:
    return f"{sum(one.had.startswith(had) for one in results)} / {len(results)}"


def publish(results: list[Result]) -> None:
    """Put the tables into the pages."""
    for page, labels in PAGES.items():
        before, _, rest = page.read_text().partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        tables = f"{summary(results, labels)}\n\n{table(results)}"
        page.write_text(f"{before}{MARKS[0]}\n{tables}\n{MARKS[1]}{after}")


def main() -> int:
    """Run, and write results and tables."""
    options = argparse.ArgumentParser()
    options.add_argument("--litellm", type=Path, help="its program, in a venv of its own")
    options.add_argument("--tables", action="store_true", help="only write what was measured")
    asked_for = options.parse_args()
    if not asked_for.tables:
        results = run(asked_for.litellm)
        RESULTS.write_text("".join(json.dumps(asdict(one)) + "\n" for one in results))
        print(table(results))
    if asked_for.tables or asked_for.litellm:
        publish([Result(**json.loads(line)) for line in RESULTS.read_text().splitlines()])
    return 0


def run(program: Path | None) -> list[Result]:
    """Ask both gateways, one after the other."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first, second = (stack.enter_context(provider()) for _ in range(2))
        with ours(folder, first, second) as side:
            results = measured(side, first, second)
        if program:
            with litellm(program, folder, first, second) as side:
                results += measured(side, first, second)
    return results


if __name__ == "__main__":
    sys.exit(main())
