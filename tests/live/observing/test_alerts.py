"""5-2-3 with nothing of ours between fault and receipt: Prometheus scrapes, Alertmanager tells.

The application counts its own errors. What the drill hears is what a person on call would.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.cli.observing.watching import Named, Watching, metrics_of
from tenken.drills.prove.doors import hearing
from tenken.drills.prove.items import alerts
from tenken.evidence import Holding
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import series
from tests.drills.prove.making import brief
from tests.drills.prove.small import Asked, Model, Said, bench_of
from tests.live.objectives.tools import free_ports, listening, running
from tests.readiness.adversary.ground import surveyed
from tests.readiness.observed.making import ABOUT, NOW

pytestmark = pytest.mark.live

RULES = """\
groups:
  - name: app
    interval: 1s
    rules:
      - alert: ManyErrors
        expr: increase(http_requests_errors_total[5s]) > 0
        labels: {severity: page}
"""
PROMETHEUS = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs: [{{job_name: desk, static_configs: [{{targets: ["127.0.0.1:{application}"]}}]}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{manager}"]}}]}}]}}
"""
ALERTMANAGER = """\
route: {{receiver: pager, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: pager
    webhook_configs: [{{url: "http://127.0.0.1:{inbox}/page", send_resolved: true}}]
"""
PATIENCE = "alerts: {within_s: 60, clears_within_s: 60, pause_s: 0.2}\n"


class Desk:
    """An application that counts its errors, and says so to whoever scrapes it."""

    def __init__(self) -> None:
        self.errors = 0

    async def __call__(self, asked: Asked, model: Model) -> Said:
        """Ask the model once."""
        told = await model.call([("user", asked.text)])
        self.errors += told.status != 200
        return Said(200, told.text) if told.status == 200 else Said(502)

    def scraped(self) -> str:
        """Give its metrics."""
        kind = "# TYPE http_requests_errors_total counter"
        return f"{kind}\nhttp_requests_errors_total {self.errors}\n"


@contextmanager
def watched(folder: Path, desk: Desk, inbox: int) -> Iterator[str]:
    """Prometheus and Alertmanager over the application; gives Prometheus' address."""
    manager, prometheus = free_ports(2)
    with ExitStack() as stack:
        application = stack.enter_context(listening(get=desk.scraped))
        config = PROMETHEUS.format(application=application, manager=manager)
        (folder / "prometheus.yml").write_text(config, "utf-8")
        (folder / "rules.yml").write_text(RULES, "utf-8")
        (folder / "alertmanager.yml").write_text(ALERTMANAGER.format(inbox=inbox), "utf-8")
        stack.enter_context(
            running(
                "prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'am'}", f"--web.listen-address=127.0.0.1:{manager}",
                "--cluster.listen-address=", log=folder / "alertmanager.log",
            )
        )  # fmt: skip
        stack.enter_context(
            running(
                "prometheus", f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{prometheus}", log=folder / "prometheus.log",
            )
        )  # fmt: skip
        yield f"http://127.0.0.1:{prometheus}"


def test_errors_are_told_and_their_end_is_told(tmp_path: Path) -> None:
    """And while they run, the rule is seen to be loaded and to tell somebody."""
    desk = Desk()
    holdings, rules = asyncio.run(_drilled(tmp_path, desk))

    assert holdings == [Holding.HOLDS, Holding.HOLDS]
    assert rules is Holding.HOLDS
    assert desk.errors


async def _drilled(folder: Path, desk: Desk) -> tuple[list[Holding], Holding]:
    async with hearing("127.0.0.1", 0) as heard, bench_of(desk, brief(PATIENCE)) as bench:
        clock = asyncio.get_running_loop().time
        with watched(folder, desk, heard.address[1]) as url:
            ready = replace(bench, inbox=heard.inbox, clock=clock)
            outcome = await alerts.ERRORS.run(ready)
            rules = await asyncio.to_thread(_rules, url)
    return [proof.answer.holding for proof in outcome.proofs], rules


def _rules(url: str) -> Holding:
    survey = surveyed({"README.md": "# Desk\n", "watch/rules.yml": RULES})
    metrics = metrics_of(Watching(prometheus=Named(url=url)), survey, NOW, lambda: 0.0)
    sighting = Sighting(about=ABOUT, survey=survey, metrics=metrics)
    return series.alert_rules_are_loaded_and_unmuted(sighting).answer.holding
