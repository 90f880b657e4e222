"""One page of metrics: what the ledger's sums say, in names that Prometheus's own tools accept."""

import shutil
import subprocess
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from tenken.cli.serving.keeping.measuring import whose
from tenken.journal.exchange import Exchange, Identity, Outcome
from tenken.keeper.sinks.feed import Lag
from tenken.keeper.sinks.metrics.bounding import OTHER, Bounded, Rising
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept
from tenken.keeper.sinks.metrics.page import Door, Page
from tenken.keeper.sinks.metrics.processes import Running, processes
from tenken.keeper.sinks.metrics.processes import families as process_families
from tenken.keeper.sinks.plain import plain
from tenken.readiness.collectors.gateways.emitted import OURS
from tenken.store.faults import Away
from tenken.store.ledger import Ledger
from tenken.store.owed.tally import Tally
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import Ever
from tests.config.declaring import APPLICATION, load
from tests.journal.making import AT
from tests.keeper.sinks.records import blocked, failed, healthy, rescued

KEPT = Kept(
    instances=2,
    reached={"i/0": 40},
    tallies={"traces": Tally(exchanges=7, sent=20, left_out=2, refused=1)},
    lags={"traces": Lag(bytes=100, seconds=3.0, failures=1)},
    records={"traces": 4},
    alerts={("lag", "page"): 2},
)


def page(engine: Engine, series_max: int = 100) -> Page:
    return Page(
        ever=Rollups(engine).counters,
        kept=lambda _now: KEPT,
        families=Families(series_max, plain=plain),
        parent=0,
        now=lambda: AT,
    )


def written(one: Page) -> str:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(one)
    return generate_latest(registry).decode()


def values(text: str) -> dict[str, float]:
    """Give samples by how they are written."""
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if not line.startswith("#")
    }


def recorded(engine: Engine, *exchanges: Exchange) -> None:
    numbered = [replace(one, id=f"r{n}", at=AT + n) for n, one in enumerate(exchanges)]
    Ledger(engine).record(numbered)


def test_the_page_says_what_the_ledger_says(engine: Engine) -> None:
    """Requests, tokens, money, times, calls and what guards found; and no drill."""
    drill = replace(healthy(), identity=replace(healthy().identity, drill="d1"))
    recorded(engine, healthy(), rescued(), blocked(), failed(), drill)

    shown = values(written(page(engine)))

    whose = 'caller="desk",outcome="{}",route="support",use_case="answer"'
    ours = {
        name: shown[f"tenken_requests_total{{{whose.format(name)}}}"]
        for name in ("answered", "blocked", "failed")
    }
    assert ours == {"answered": 2, "blocked": 1, "failed": 1}
    assert _sum(shown, "tenken_cost_usd_total") == pytest.approx(
        float(3 * Decimal("0.00123")), abs=1e-9
    )
    assert _sum(shown, "tenken_requests_fallbacks_total") == 1
    assert _sum(shown, "tenken_guard_matches_total") == 3
    looked = 'tenken_guard_screenings_total{{route="support",stage="{}",use_case="answer"}}'
    assert [shown[looked.format(one)] for one in ("inward", "outward")] == [1, 1]
    assert _sum(shown, "gen_ai_client_operation_duration_seconds_count") == 4
    assert _sum(shown, "gen_ai_server_time_to_first_token_seconds_count") == 2
    assert shown['tenken_alerts_open{kind="lag",severity="page"}'] == 2
    assert shown['tenken_alerts_open{kind="budget",severity="ticket"}'] == 0
    assert shown['tenken_sink_refused_total{sink="traces"}'] == 1
    assert shown['tenken_sink_lag_records{sink="traces"}'] == 4
    assert shown["tenken_instances"] == 2
    assert shown["tenken_store_up"] == 1


def _sum(shown: dict[str, float], name: str) -> float:
    return sum(value for one, value in shown.items() if one.partition("{")[0] == name)


def test_another_process_goes_on_where_this_one_was(engine: Engine) -> None:
    """Nothing is counted in a process: one that is killed takes no counter with it."""
    recorded(engine, healthy(), failed())
    before = written(page(engine))

    assert written(page(engine)) == before


def test_no_counter_goes_back_when_a_record_comes_after_all(engine: Engine) -> None:
    """What was settled as unknown is taken out of one sum and put into another."""
    one = page(engine)
    moments = iter(range(AT, AT + 10_000_000, 2_000_000))
    one._now = lambda: next(moments)
    Ledger(engine).record([replace(healthy(), outcome=Outcome.UNKNOWN, status=0)])
    before = values(written(one))
    Ledger(engine).record([healthy()])

    after = values(written(one))

    assert _sum(before, "tenken_requests_total") == 1
    assert _sum(after, "tenken_requests_total") == 2
    assert _fallen(before, after) == set()


def _fallen(before: dict[str, float], after: dict[str, float]) -> set[str]:
    """Give counters that are gone or lower: whoever reads them takes that for a new beginning."""
    counters = {name: value for name, value in before.items() if _is_counter(name)}
    assert counters
    return {name for name, value in counters.items() if after.get(name, -1) < value}


def _is_counter(name: str) -> bool:
    return name.partition("{")[0].endswith(("_total", "_bucket", "_count", "_sum"))


def test_no_counter_goes_back_over_a_restart_either(engine: Engine) -> None:
    """What was taken back while no page was looked at is in no process's memory."""
    lost = replace(healthy(), outcome=Outcome.UNKNOWN, status=0, attempts=())
    settled = [replace(lost, id=f"r{n}", at=AT + n) for n in range(3)]
    Ledger(engine).record(settled)
    pages = [values(written(page(engine)))]

    for one in settled[:2]:  # each is answered after all, and a keeper begins anew
        Ledger(engine).record([replace(healthy(), id=one.id, at=one.at)])
        pages.append(values(written(page(engine))))
    recorded(engine, rescued(), failed())
    pages.append(values(written(page(engine))))

    for before, after in pairwise(pages):
        assert _fallen(before, after) == set()
    assert _sum(pages[0], "tenken_requests_total") == 3
    assert Rollups(engine).ever().exchanges[0].totals.requests == 1


def test_what_processes_take_is_told_apart() -> None:
    """By their numbers, so that a new one is a new series and no counter that falls."""
    found = [
        Running(pid=pid, role="keeper", cpu_s=cpu, resident_bytes=1)
        for pid, cpu in ((7, 90.0), (8, 0.5))
    ]

    before, after = (
        {sample.labels["pid"] for family in process_families([one]) for sample in family.samples}
        for one in found
    )

    assert (before, after) == ({"7"}, {"8"})


def test_applications_that_share_a_gateway_are_told_apart(engine: Engine) -> None:
    """By a label beside the use case: it makes no series more, and needs several."""
    elsewhere = replace(healthy().identity, use_case="plan")
    recorded(engine, healthy(), blocked(), replace(healthy(), identity=elsewhere))
    shared = "console: {applications: [{name: enquiries, use_cases: [answer]}]}\n"
    app = load(APPLICATION + shared).application
    several = Page(
        ever=Rollups(engine).counters, kept=lambda _now: KEPT, parent=0, now=lambda: AT,
        families=Families(100, plain=plain, whose=whose(app)),
    )  # fmt: skip

    shown, alone = values(written(several)), values(written(page(engine)))

    named = {one for one in shown if 'use_case="' in one}
    assert {one for one in named if 'use_case="answer"' in one} == {
        one for one in shown if 'application="enquiries"' in one
    }
    assert {one for one in named if 'use_case="plan"' in one} == {
        one for one in shown if 'application="desk"' in one
    }
    assert len(shown) == len(alone)
    assert not any("application=" in one for one in alone)


def test_names_that_callers_make_up_do_not_grow_the_page(engine: Engine) -> None:
    """What is beyond the bound counts as other; no request is left out of the sum."""
    made = [
        replace(healthy(), identity=Identity(caller="desk", use_case=f"u{n}")) for n in range(60)
    ]
    recorded(engine, *made)

    shown = values(written(page(engine, series_max=10)))

    labels = {one for one in shown if one.startswith("tenken_requests_total") and OTHER in one}
    series = {one for one in shown if one.startswith("tenken_requests_total{")}
    assert labels
    assert len(series) == 11 * 7
    assert _sum(shown, "tenken_requests_total") == 60


def test_a_series_that_stands_for_itself_stays() -> None:
    """Though another is used more by now."""
    bounded = Bounded(1)
    assert bounded.labels([(("a",), 5), (("b",), 1)]) == {("a",): ("a",), ("b",): (OTHER,)}
    assert bounded.labels([(("a",), 5), (("b",), 9)]) == {("a",): ("a",), ("b",): (OTHER,)}
    rising = Rising()
    assert [rising.at_least(("x",), value) for value in (3, 2, 4)] == [3, 3, 4]


def test_while_the_store_is_away_the_page_shows_what_it_knew() -> None:
    """And says so."""
    known = [Ever(), None]

    def ever() -> Ever:
        found = known.pop(0)
        if found is None:
            raise Away
        return found

    moments = iter((0, 2_000_000))
    one = Page(
        ever=ever, kept=lambda _now: KEPT, families=Families(10, plain=plain), parent=0,
        now=lambda: next(moments),
    )  # fmt: skip
    first, second = values(written(one)), values(written(one))

    assert (first["tenken_store_up"], second["tenken_store_up"]) == (1, 0)
    assert second["tenken_instances"] == 2


def test_the_page_is_read_at_its_door_by_who_has_the_token(engine: Engine) -> None:
    """On a port of loopback."""
    door = Door(page(engine), port=0, token="t0ken")
    door.step(AT)
    url = f"http://127.0.0.1:{door.port}/metrics"
    try:
        with pytest.raises(HTTPError, match="401"):
            urlopen(url)
        asked = Request(url, headers={"authorization": "Bearer t0ken"})
        with urlopen(asked) as answer:  # noqa: S310 - ours
            text = answer.read().decode()
            assert answer.headers["content-type"].startswith("text/plain; version=")
        with pytest.raises(HTTPError, match="404"):
            urlopen(Request(url + "x", headers=dict(asked.headers)))  # noqa: S310 - ours
    finally:
        door.close()
    assert "tenken_store_up 1.0" in text
    assert list(text_string_to_metric_families(text))


def test_processes_are_read_as_the_system_tells_them(tmp_path: Path) -> None:
    """The supervisor, and who it has started."""
    stat = "S 1 1 1 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 100 9999 77 18446744073709551615"
    for pid, module in ((10, ""), (11, "tenken.cli.serving.worker"), (12, "tenken.x.keep")):
        (tmp_path / f"{pid}/task/{pid}").mkdir(parents=True)
        (tmp_path / f"{pid}/stat").write_text(f"{pid} (tenken (x)) {stat}")
        (tmp_path / f"{pid}/cmdline").write_text(f"python\0-P\0-m\0{module}\0{{}}")
    (tmp_path / "10/task/10/children").write_text("11 12 13 ")

    found = list(processes(10, proc=tmp_path))

    assert [one.role for one in found] == ["supervisor", "worker", "keeper"]
    assert found[0].cpu_s == 3.0
    assert found[0].resident_bytes == 77 * 4096
    assert list(processes(99, proc=tmp_path)) == []


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Prometheus is not installed")
def test_promtool_finds_nothing_to_say(engine: Engine) -> None:
    """Names, units and help of every metric, on a page that has all of them."""
    recorded(engine, healthy(), rescued(), blocked(), failed())

    said = subprocess.run(
        ["promtool", "check", "metrics"],
        input=written(page(engine)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.stdout + said.stderr, said.returncode) == ("", 0)


def test_what_the_inspection_takes_for_emitted_is_on_the_page(engine: Engine) -> None:
    """A panel on a series that nobody emits must not count as fed."""
    types = [line for line in written(page(engine)).splitlines() if line.startswith("# TYPE ")]

    assert set(OURS) <= {line.split()[2] for line in types}
