"""The sinks that a file names, as the keeper puts them together."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.cli.serving.keeping.addressing import check, names_of, required_of
from tenken.cli.serving.keeping.measuring import measuring
from tenken.cli.serving.keeping.sinking import Ground, feeds_of
from tenken.cli.serving.keeping.telling import telling
from tenken.config.application import Application
from tenken.config.load import load_manifest
from tenken.errors import UsageError
from tenken.keeper.sinks.receiver import Later
from tenken.keeper.sinks.traces.sending import Traces
from tenken.sentence import Sentence
from tenken.store.engine import opened
from tests.keeper.sinks.records import healthy

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

    given = ground(tmp_path, KEY="k", OTHER="https://example.com/v1/traces")
    check(application, given.environment)
    feeds = feeds_of(lambda: application, given)

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
        ("feedback: [{name: f, kind: mlflow}]", "sinks.not_set"),
        ("feedback: [{name: f, kind: datadog, key_env: NONE}]", "gateway.credential_absent"),
        ("metrics: {port: 0, token: NONE}", "gateway.credential_absent"),
    ],
)
def test_what_cannot_be_fed_is_refused_at_the_start(telemetry: str, why: str) -> None:
    """Rather than a day later."""
    application = said(f"telemetry: {{{telemetry}}}\n")

    with pytest.raises(UsageError) as refused:
        check(application, {"FILE": "file:///etc/passwd"})

    assert refused.value.sentence.id == why


def test_evidence_without_its_key_is_refused_at_the_start() -> None:
    application = said("evidence: {key_env: NONE, repository: 'https://example.com/desk'}\n")

    with pytest.raises(UsageError) as refused:
        check(application, {})

    assert refused.value.sentence.id == "prove.no_key"


def test_a_sink_that_cannot_be_made_is_told_and_waits_and_the_others_are_fed(
    tmp_path: Path,
) -> None:
    """Its part of the journal stays as for a backend that is away; newer settings mend it."""
    bad = said("telemetry: {traces: [{name: a, url_env: NONE}], logs: [{path: lines.jsonl}]}\n")
    good = said("telemetry: {logs: [{name: a, path: mended.jsonl}, {path: lines.jsonl}]}\n")
    now, told = [bad], list[Sentence]()

    first, second = feeds_of(lambda: now[0], replace(ground(tmp_path), tell=told.append))

    assert (first.name, second.name) == ("a", "logs")
    assert required_of(bad.telemetry) == ("a", "logs")
    assert [one.id for one in told] == ["gateway.credential_absent"]
    second._receiver.deliver((healthy(),), 0)
    assert (tmp_path / "lines.jsonl").read_bytes()
    with pytest.raises(Later, match="UsageError"):
        first._receiver.deliver((healthy(),), 0)
    now[0] = good
    first._receiver.deliver((healthy(),), 0)
    assert (tmp_path / "mended.jsonl").read_bytes()


def test_of_two_sinks_of_one_name_the_first_is_fed(tmp_path: Path) -> None:
    """A keeper that comes upon such settings goes on all the same; the journal waits for it."""
    application = said("telemetry: {logs: [{required: false}, {path: x}]}\n")

    assert [feed.name for feed in feeds_of(lambda: application, ground(tmp_path))] == ["logs"]
    assert required_of(application.telemetry) == ("logs",)


def test_what_is_told_elsewhere_fails_by_itself_alone(tmp_path: Path) -> None:
    application = said("telemetry: {feedback: [{name: f, kind: mlflow}]}\n")

    (side,) = telling(lambda: application, ground(tmp_path))

    with pytest.raises(UsageError):
        side.step(0)
    side.close()


def test_without_telemetry_there_is_no_sink_and_no_page(tmp_path: Path) -> None:
    """But a sign of life, which other machines count."""
    application = said("")

    assert names_of(application.telemetry) == ()
    sides = [*measuring(application, (), ground(tmp_path))]
    assert [side.name for side in sides] == ["instance", "resources"]


def test_a_page_of_metrics_counts_what_stands_in_the_store(tmp_path: Path) -> None:
    """Tables that are not there yet are told as a store that is away."""
    application = said("telemetry: {metrics: {port: 0}}\n")

    sides = [*measuring(application, (), ground(tmp_path))]

    assert [side.name for side in sides] == ["instance", "resources", "metrics"]
    assert sides[2].step(0) > 0
    sides[2].close()
