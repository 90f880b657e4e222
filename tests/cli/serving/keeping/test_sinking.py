"""The sinks that a file names, as the keeper puts them together."""

from pathlib import Path

import pytest

from tenken.cli.serving.keeping.measuring import measuring
from tenken.cli.serving.keeping.sinking import Ground, feeds_of, names_of, required_of
from tenken.config.application import Application
from tenken.config.load import load_manifest
from tenken.errors import UsageError
from tenken.keeper.sinks.traces.sending import Traces
from tenken.store.engine import opened

APPLICATION = "application: {name: desk, owner: team}\n"


def said(telemetry: str) -> Application:
    """Read a file that says something of telemetry."""
    return load_manifest(APPLICATION + telemetry, file="tenken.yaml").application


def ground(folder: Path, **environment: str) -> Ground:
    return Ground(
        engine=opened(f"sqlite:///{folder}/store.db"),
        journals=folder,
        instance="i",
        within=lambda path: folder / path,
        environment=environment,
        tell=lambda _sentence: None,
    )


def test_every_sink_that_is_named_is_fed(tmp_path: Path) -> None:
    """By its name; the journal waits for those that are required."""
    application = said(
        """
telemetry:
  traces:
    - {url: "http://127.0.0.1:4318/v1/traces", headers_env: {x-key: KEY}, required: false}
    - {name: other, url_env: OTHER}
  logs: [{path: lines.jsonl}]
  events: [{key_env: KEY}]
"""
    )

    feeds = feeds_of(application, ground(tmp_path, KEY="k", OTHER="https://example.com/v1/traces"))

    assert [feed.name for feed in feeds] == ["traces", "other", "logs", "datadog-events"]
    assert required_of(application.telemetry) == ("other", "logs", "datadog-events")
    sent = feeds[0]._receiver
    assert isinstance(sent, Traces)
    assert sent._posting._headers == {"x-key": "k"}
    assert sent._manner.resource == {"service.name": "desk"}


@pytest.mark.parametrize(
    ("telemetry", "why"),
    [
        ("traces: [{}]", "sinks.not_set"),
        ("traces: [{url_env: OTHER}]", "gateway.credential_absent"),
        ("traces: [{url_env: FILE}]", "sinks.not_set"),
        ("events: [{key_env: NONE}]", "gateway.credential_absent"),
        ("logs: [{}, {path: x}]", "sinks.twice"),
    ],
)
def test_what_cannot_be_fed_is_refused_at_the_start(
    tmp_path: Path, telemetry: str, why: str
) -> None:
    """Rather than a day later."""
    application = said(f"telemetry: {{{telemetry}}}\n")

    with pytest.raises(UsageError) as refused:
        feeds_of(application, ground(tmp_path, FILE="file:///etc/passwd"))

    assert refused.value.sentence.id == why


def test_without_telemetry_there_is_no_sink_and_no_page(tmp_path: Path) -> None:
    """But a sign of life, which other machines count."""
    application = said("")

    assert names_of(application.telemetry) == ()
    sides = [*measuring(application.telemetry.metrics, (), ground(tmp_path))]
    assert [side.name for side in sides] == ["instance"]


def test_a_page_of_metrics_counts_what_stands_in_the_store(tmp_path: Path) -> None:
    """Tables that are not there yet are told as a store that is away."""
    application = said("telemetry: {metrics: {port: 0}}\n")

    sides = [*measuring(application.telemetry.metrics, (), ground(tmp_path))]

    assert [side.name for side in sides] == ["instance", "metrics"]
    assert sides[1].step(0) > 0
    sides[1].close()
