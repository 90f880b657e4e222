"""A burn that is made up is seen by Prometheus, told by Alertmanager, and ends when it is over."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tenken.cli.main import main
from tests.live.objectives.tools import Exporter, Heard, free_ports, listening, run, running

pytestmark = pytest.mark.live

DESK = """
application: {{name: desk, owner: team}}
use_cases: [{{id: answer, description: Answers enquiries}}]
slos:
  - name: answers
    sli: availability
    target_percent: 99.9
    window_days: 30
    use_case: answer
    runbook: docs/runbooks/answers.md
    alerting: [{{burn: 14.4, long_minutes: 60, short_minutes: 5}}]
telemetry: {{metrics: {{port: 9464}}}}
alerts:
  by: prometheus
  runbook_url: https://git.example.com/desk
  receivers: [{{name: hook, kind: webhook, url: "http://127.0.0.1:{port}/", allow_private: true}}]
  routes: {{page: {{receivers: [hook]}}}}
"""
PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [tenken-slo.rules.yaml]
scrape_configs: [{{job_name: tenken, static_configs: [{{targets: ["127.0.0.1:{exporter}"]}}]}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{manager}"]}}]}}]}}
"""
FASTER = "60"
"""An hour in a minute: five minutes are five scrapes."""


def made(folder: Path, port: int) -> None:
    """Make the files as a person does, with shorter windows."""
    (folder / "tenken.yaml").write_text(DESK.format(port=port), "utf-8")
    for target in ("prometheus", "alertmanager"):
        asked = ["slo", "generate", str(folder), "--for", target, "--path", str(folder)]
        assert main([*asked, "--faster", FASTER]) == 0


@contextmanager
def watched(folder: Path, exporter: Exporter, heard: Heard) -> Iterator[None]:
    """Prometheus scrapes the exporter, and Alertmanager tells the webhook."""
    manager, prometheus = free_ports(2)
    with ExitStack() as stack:
        hook = stack.enter_context(listening(post=heard.take))
        target = stack.enter_context(listening(get=exporter.scraped))
        made(folder, hook)
        for tool, name in (("promtool", "rules"), ("amtool", "")):
            file = "tenken-slo.rules.yaml" if name else "alertmanager.yaml"
            command = ("check", name) if name else ("check-config",)
            checked = run(tool, *command, folder / file)
            assert checked.returncode == 0, checked.stderr
        config = PROMETHEUS.format(exporter=target, manager=manager)
        (folder / "prometheus.yaml").write_text(config, "utf-8")
        stack.enter_context(
            running(
                "prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yaml'}",
                f"--storage.path={folder / 'am'}", f"--web.listen-address=127.0.0.1:{manager}",
                "--cluster.listen-address=", log=folder / "alertmanager.log",
            )
        )  # fmt: skip
        stack.enter_context(
            running(
                "prometheus", f"--config.file={folder / 'prometheus.yaml'}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{prometheus}", log=folder / "prometheus.log",
            )
        )  # fmt: skip
        yield


def test_a_burn_fires_arrives_and_clears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the files that were made, and nothing else."""
    monkeypatch.setenv("TENKEN_TEST_MODE", "1")
    exporter, heard = Exporter(), Heard()
    exporter.failing = True
    with watched(tmp_path, exporter, heard):
        alert = heard.wait_for("TenkenSloPage", "firing")

        assert alert["labels"]["slo"] == "answers"
        assert alert["labels"]["severity"] == "page"
        assert alert["annotations"]["runbook_url"] == (
            "https://git.example.com/desk/docs/runbooks/answers.md"
        )
        assert "1e+03 times" in alert["annotations"]["description"] or (
            "1k times" in alert["annotations"]["description"]
        )

        exporter.failing = False
        heard.wait_for("TenkenSloPage", "resolved")
