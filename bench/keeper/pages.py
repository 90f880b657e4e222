"""Times every page of the console over a ledger that `made.py` made, and tells each page's p95.

python bench/keeper/pages.py sqlite:////tmp/ledger.db
python bench/keeper/pages.py postgresql://... --rounds 20

Each page is asked for over every stretch of time that it can show, with nothing that the console
remembers from before: its clock goes on by more than it keeps sums. It begins on a working day in
the afternoon, as busy as any hour; what the ledger holds of the days after makes the newest calls
and sessions as many as are ever looked at. The console runs in this process, logged in, without a
network; there are 24 callers with limits, four routes and three objectives, as many as the
ledger's. `cpu` is this process's own processor time, which tells more where others use the
machine, too; a Postgres's is not in it.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine, delete

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.keeper.made import CALLERS, RELEASES, ROUTES, UNTIL  # noqa: E402 - no package
from tests.console.client import Client  # noqa: E402
from tests.console.ground import Ground  # noqa: E402

from tenken.cli.serving.machine import spare_memory  # noqa: E402
from tenken.store.browsing.browsing import Browsing  # noqa: E402
from tenken.store.browsing.lines import Sought  # noqa: E402
from tenken.store.engine import opened  # noqa: E402
from tenken.store.migration import migrate  # noqa: E402
from tenken.store.people.tables import GRANTS, SESSIONS, USERS  # noqa: E402
from tenken.store.rollups.grain import Window  # noqa: E402

WINDOWS = ("1h", "6h", "24h", "7d", "30d", "90d")
PAGES = (
    "/", "/traffic", "/alerts", "/readiness", "/guardrails", "/cost", "/reliability",
    "/settings",
)  # fmt: skip
NARROWED = (
    f"caller={CALLERS[3]}", f"caller={CALLERS[-1]}", f"release={RELEASES[2]}", "outcome=failed",
    "status=5", "found=1", "route=plan&outcome=blocked",
)  # fmt: skip
LATER_S = 11.0
"""Longer than sums are remembered."""
NOW_S = UNTIL - 67 * 3_600
"""A Friday, 14:00 in Japan."""
ALLOWED_MS = 200.0
SETTINGS = """\
extends: {{platform: platform.yaml, version: "1"}}
application: {{name: shift-desk, owner: support-platform, tier: B, description: Answers enquiries}}
use_cases:
{use_cases}
models:
  - {{id: fast, provider: openai, model: gpt-5-mini}}
routes:
{routes}
callers:
{callers}
slos:
  - {{name: answers, sli: availability, target_percent: 99.5, window_days: 28}}
  - {{name: quick, sli: latency, target_percent: 95, window_days: 28, threshold_s: 5.12,
     use_case: {first}}}
  - {{name: guards-look, sli: guardrail_available, target_percent: 99.9, window_days: 28}}
capacity: {{needed_rps: 5, needed_tpm: 200000}}
console: {{timezone: Asia/Tokyo, hours: 24, idle_minutes: 600}}
"""


def settings() -> str:
    """Give settings that name what the ledger names."""
    names = ", ".join(route[0] for route in ROUTES)
    return SETTINGS.format(
        first=ROUTES[0][1],
        use_cases="\n".join(
            f"  - {{id: {one[1]}, description: Does its work, task: generation}}" for one in ROUTES
        ),
        routes="\n".join(
            f"  - {{name: {one[0]}, use_case: {one[1]}, targets: [fast]}}" for one in ROUTES
        ),
        callers="\n".join(
            f"  - {{id: {one}, routes: [{names}],"
            " limits: {rpm: 600, tpm: 400000, budget_usd_per_day: 50}}"
            for one in CALLERS
        ),
    )


def asked(engine: Engine, now: int) -> Iterator[tuple[str, str]]:
    """Give what is asked for: a page, and its address."""
    for page in PAGES:
        for window in WINDOWS:
            yield page, f"{page}?window={window}"
    for window in ("24h", "30d", "90d"):
        for narrowed in NARROWED:
            yield "/traffic?...", f"/traffic?window={window}&{narrowed}"
    found = Browsing(engine).page(Sought(window=Window(now - 3_600_000_000_000, now)), most=3)
    for line in found.lines:
        yield "/traffic/{one}", f"/traffic/{line.key.written()}"


class Took(Struct, frozen=True, order=True):
    """What one answer took, in milliseconds."""

    wall: float
    cpu: float
    path: str


def timed(engine: Engine, rounds: int) -> dict[str, list[Took]]:
    """Ask for each so often; gives what that took, by page."""
    ground = Ground(engine, settings=settings())
    ground.now = NOW_S * 1_000_000 - 1
    for table in (SESSIONS, GRANTS, USERS):
        with engine.begin() as connection:
            connection.execute(delete(table))
    client = ground.client("hana")
    found: dict[str, list[Took]] = defaultdict(list)
    spare_memory()  # as the console does when it begins
    for _ in range(rounds):
        for page, path in asked(engine, ground.now):
            ground.later(LATER_S)
            found[page].append(_one(client, path))
    return found


def _one(client: Client, path: str) -> Took:
    began, cpu = time.perf_counter(), time.process_time()
    answer = client.get(path)
    wall, used = time.perf_counter() - began, time.process_time() - cpu
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return Took(wall * 1_000, used * 1_000, path)


def main() -> None:
    """Time all pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    engine = opened(given.url)
    migrate(engine)
    found = timed(engine, given.rounds)
    engine.dispose()
    for page, took in found.items():
        wall, cpu = p95([one.wall for one in took]), p95([one.cpu for one in took])
        print(
            f"{page:16} p95 {wall:6.0f} ms{'' if wall <= ALLOWED_MS else ' ABOVE'}"
            f"  cpu p95 {cpu:6.0f} ms  first {took[0].wall:6.0f} ms  of {len(took)},"
            f" slowest {max(took).path[:60]}"
        )


def p95(values: list[float]) -> float:
    """Give what 95 of 100 stay below; of few the largest."""
    return sorted(values)[min(len(values) - 1, round(len(values) * 0.95))]


if __name__ == "__main__":
    main()
