"""Runs of evaluations, rows of data and running revisions, of a team that has no tenken."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.config.application import Application, Gate, Identity
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.evidence import Holding
from tenken.readiness.collectors.observed.evaluations import read_runs
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.running import origins_of, running_of
from tenken.readiness.facts.observed.history import HistoryFacts
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.released import evaluations, rows, running
from tenken.readiness.probes.observed.said import Observed
from tests.readiness.adversary.ground import surveyed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, COMMIT, NOW, log_lines
from tests.readiness.observed.spans import MODEL, NEW, exported, request

HOLDS, FAILS, PARTLY, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.PARTLY, Holding.UNKNOWN
PROMPT = hashlib.sha256(b"Answer from the text.\n").hexdigest()
DATA = hashlib.sha256(b"rows").hexdigest()
ELSE = hashlib.sha256(b"never committed").hexdigest()
PAST = HistoryFacts(commits=frozenset({COMMIT}), contents=frozenset({PROMPT, DATA}))
CUT = replace(PAST, is_whole=False)
NOTHING = survey_of({})
Probe = Callable[[Sighting], Observed]
Run = Mapping[str, Any]


def run(number: int, **changed: Any) -> dict[str, Any]:
    """One run as a script of the team's own writes it."""
    return {
        "run_id": f"run-{number}", "started_at": (NOW - timedelta(days=number)).isoformat(),
        "git_commit": COMMIT, "prompt_sha256": PROMPT, "model": MODEL, "dataset_sha256": DATA,
        "parameters": {"temperature": 0, "seed": number % 3},
        "metrics": {"faithfulness": 0.91}, "passed": True, **changed,
    }  # fmt: skip


RUNS = [run(number) for number in range(1, 7)]


def mlflow(one: Run) -> dict[str, Any]:
    """The same as MLflow's `runs/search` answers it."""
    at = int((NOW - timedelta(days=1)).timestamp() * 1000)
    pairs = {"prompt_sha256": one["prompt_sha256"], "model": one["model"], "seed": "1"}
    params = [{"key": key, "value": value} for key, value in pairs.items()]
    return {
        "info": {"run_id": one["run_id"], "status": "FINISHED", "start_time": at + hash_of(one)},
        "data": {"metrics": [{"key": "faithfulness", "value": 0.9, "timestamp": at, "step": 0}],
                 "params": params, "tags": [{"key": "mlflow.source.git.commit", "value": COMMIT}]},
        "inputs": {"dataset_inputs": [{"dataset": {"name": "golden", "digest": DATA}}]},
    }  # fmt: skip


def hash_of(one: Run) -> int:
    """Another moment for another run."""
    return int(str(one["run_id"]).rpartition("-")[2])


def ran(
    runs: Iterable[Run] = RUNS, *, past: HistoryFacts | None = PAST, call: Mapping[str, Any] = NEW,
    declared: Application | None = None,
) -> Sighting:  # fmt: skip
    """What exports of runs and spans show."""
    text = "\n".join(json.dumps(one) for one in runs)
    spans = "\n".join(exported(request(number, call)) for number in range(120))
    manifest = declared and Manifest(application=declared, file="tenken.yaml", document=Node(None))
    return Sighting(
        about=ABOUT,
        survey=replace(NOTHING, manifest=manifest or None),
        runs=read_runs([("runs.jsonl", text)], NOW),
        traces=read_traces([("spans", spans)], ABOUT),
        history=past,
    )


REPEATS = evaluations.random_run_resolves_and_repeats
CITES = evaluations.runs_cite_a_resolvable_dataset_digest


@pytest.mark.parametrize("probe", [REPEATS, CITES], ids=lambda one: one.__name__)
def test_runs_lead_back_and_repeat(probe: Probe) -> None:
    """By digests that git has, in records of the team's own and in MLflow's."""
    assert probe(ran()).answer.holding is HOLDS
    assert probe(ran([{"runs": [mlflow(one) for one in RUNS]}])).answer.holding is HOLDS


@pytest.mark.parametrize(
    ("changed", "repeats", "cites"),
    [
        ({"dataset_sha256": ""}, FAILS, FAILS),
        ({"dataset_sha256": "golden-latest"}, FAILS, FAILS),
        ({"dataset_sha256": ELSE}, FAILS, FAILS),
        ({"prompt_sha256": ELSE}, FAILS, HOLDS),
        ({"prompt_sha256": "v3"}, FAILS, HOLDS),
        ({"model": ""}, FAILS, HOLDS),
        ({"parameters": {}}, FAILS, HOLDS),
        ({"metrics": {}}, FAILS, HOLDS),
        ({"metrics": {"faithfulness": 0.5}}, FAILS, HOLDS),
        ({"started_at": (NOW + timedelta(days=1)).isoformat()}, HOLDS, HOLDS),
    ],
    ids=["no-data", "latest", "data-nowhere", "prompt-nowhere", "registry", "model", "parameters",
         "figures", "drifts", "tomorrow"],
)  # fmt: skip
def test_one_run_that_does_not_is_seen(
    changed: dict[str, Any], repeats: Holding, cites: Holding
) -> None:
    """Whichever it is: none is picked by chance."""
    spoilt = ran([{**RUNS[0], **changed}, *RUNS[1:]])

    assert REPEATS(spoilt).answer.holding is repeats
    assert CITES(spoilt).answer.holding is cites


@pytest.mark.parametrize(
    ("runs", "past"),
    [
        (RUNS[:2], PAST),
        ([RUNS[0]] * 6, PAST),
        (RUNS[:3], PAST),
        ([*RUNS[:3], RUNS[0]], PAST),
        ([{**one, "run_id": "run-1"} for one in RUNS], PAST),
        ([run(number) for number in range(100, 110)], PAST),
        (RUNS, CUT),
        (RUNS, None),
    ],
    ids=["few", "copies", "none-twice", "a-copy", "one-id", "old", "shallow", "no-git"],
)
def test_what_was_not_run_twice_repeats_nothing(
    runs: list[Run], past: HistoryFacts | None
) -> None:
    """A copy of a record is no second run."""
    assert REPEATS(ran(runs, past=past)).answer.holding is UNKNOWN


@pytest.mark.parametrize(
    ("metric", "day", "holding"),
    [("faithfulness", 1, HOLDS), ("Faith-fulness", 1, HOLDS), ("groundedness", 1, FAILS),
     ("faithfulness", 40, UNKNOWN)],
)  # fmt: skip
def test_gates_are_computed(metric: str, day: int, holding: Holding) -> None:
    """In a run of the last month."""
    declared = Application(
        application=Identity(name="desk", owner="team"),
        gates=(Gate(use_case="answer", dataset="golden", metric=metric),),
    )
    probe = evaluations.declared_metrics_were_computed_in_the_last_run

    assert probe(ran([run(day)], declared=declared)).answer.holding is holding
    assert probe(ran([run(day)])).answer.holding is UNKNOWN, "nothing is declared"


NAMED = {**NEW, "app.prompt.sha256": PROMPT}


@pytest.mark.parametrize(
    ("call", "runs", "exists", "precedes"),
    [
        (NAMED, RUNS, HOLDS, HOLDS),
        (NEW, RUNS, UNKNOWN, UNKNOWN),
        ({**NAMED, "app.prompt.sha256": ELSE}, RUNS, FAILS, FAILS),
        ({**NAMED, "gen_ai.request.model": "another"}, RUNS, FAILS, FAILS),
        (NAMED, [{**one, "passed": False} for one in RUNS], HOLDS, FAILS),
        (NAMED, [{**one, "started_at": NOW.isoformat()} for one in RUNS], HOLDS, FAILS),
        ({**NAMED, "tenken.drill": "d1"}, RUNS, UNKNOWN, UNKNOWN),
    ],
    ids=["true", "no-prompt", "other-prompt", "other-model", "failed", "afterwards", "drills"],
)
def test_what_answers_users_was_evaluated(
    call: Mapping[str, Any], runs: list[Run], exists: Holding, precedes: Holding
) -> None:
    """The same prompt with the same model, and before users met them."""
    seen = ran(runs, call=call)

    assert evaluations.each_release_digest_has_an_evaluation_run(seen).answer.holding is exists
    probe = evaluations.evaluation_of_the_same_unit_precedes_each_release
    assert probe(seen).answer.holding is precedes


@pytest.mark.parametrize(
    ("call", "past", "holding"),
    [
        (NAMED, PAST, HOLDS),
        ({**NEW, "gen_ai.prompt.version": f"answer@{PROMPT[:16]}"}, PAST, HOLDS),
        (NEW, PAST, FAILS),
        ({**NEW, "app.prompt.sha256": ELSE}, PAST, FAILS),
        ({**NEW, "langfuse.observation.prompt.version": 3}, PAST, UNKNOWN),
        (NAMED, CUT, UNKNOWN),
        (NAMED, None, UNKNOWN),
        ({**NAMED, "user_agent.synthetic.type": "test"}, PAST, UNKNOWN),
    ],
    ids=["digest", "short", "none", "nowhere", "registry", "shallow", "no-git", "robots"],
)
def test_a_prompt_s_version_leads_into_git(
    call: Mapping[str, Any], past: HistoryFacts | None, holding: Holding
) -> None:
    """A number at a registry does not, and says so."""
    probe = running.traces_carry_a_prompt_version_that_resolves

    assert probe(ran(call=call, past=past)).answer.holding is holding


@pytest.mark.parametrize(
    ("version", "n", "past", "holding"),
    [
        (COMMIT, 120, PAST, HOLDS),
        (COMMIT[:8], 120, PAST, HOLDS),
        (COMMIT, 99, PAST, UNKNOWN),
        (f"{COMMIT}-dirty", 120, PAST, FAILS),
        ("f" * 40, 120, PAST, UNKNOWN),
        ("1.4.0", 120, PAST, UNKNOWN),
        ("", 120, PAST, UNKNOWN),
        ("f" * 40, 120, CUT, UNKNOWN),
        (COMMIT, 120, None, UNKNOWN),
    ],
    ids=["commit", "short", "few", "dirty", "elsewhere", "version", "none", "shallow", "no-git"],
)
def test_a_running_revision_is_a_clean_commit(
    version: str, n: int, past: HistoryFacts | None, holding: Holding
) -> None:
    """Whatever the inspected commit is; spans and lines tell alike."""
    lines = read_logs([("app.log", "\n".join(log_lines(n, revision=version)))], ABOUT)
    spans = (exported(request(one), **{"vcs.ref.head.revision": version}) for one in range(n))
    traces = read_traces([("spans", "\n".join(spans))], ABOUT)
    probe = running.running_revision_resolves_to_a_clean_commit
    for found in (running_of(lines, None, ABOUT), running_of(None, traces, ABOUT)):
        seen = Sighting(about=ABOUT, survey=NOTHING, running=found, history=past)
        assert probe(seen).answer.holding is holding


def test_another_service_s_revision_is_not_ours() -> None:
    """However many records it writes."""
    lines = log_lines(200, revision="f" * 40, service="another")

    assert running_of(read_logs([("app.log", "\n".join(lines))], ABOUT), None, ABOUT) is None


# -- rows of data sets

TODAY = NOW.date().isoformat()


def sampled(*ids: str, at: str = TODAY, source: str = "production") -> dict[str, str]:
    """A data set with a row for each id."""
    rows_of = (
        {"input": f"question {number} about the desk", "expected": f"answer {number}",
         "source": source, "trace_id": id_, "date": at}
        for number, id_ in enumerate(ids)
    )  # fmt: skip
    text = "\n".join(json.dumps(one) for one in rows_of)
    return {"README.md": "# Desk\n", "evals/golden.jsonl": text}


def traced(files: dict[str, str], call: Mapping[str, Any] = NEW) -> Sighting:
    """The repository beside spans and lines of today."""
    spans = "\n".join(exported(request(number, call)) for number in range(20))
    traces = read_traces([("spans", spans)], ABOUT)
    return Sighting(
        about=ABOUT, survey=surveyed(files), traces=traces, origins=origins_of(None, traces, None)
    )


KNOWN = [f"{number:032x}" for number in range(1, 11)]
UNKNOWN_IDS = [f"{number:032x}" for number in range(500, 510)]


@pytest.mark.parametrize(
    ("files", "holding"),
    [
        (sampled(*KNOWN), HOLDS),
        (sampled(*KNOWN[:4]), UNKNOWN),
        (sampled(*UNKNOWN_IDS), FAILS),
        (sampled(*KNOWN[:5], *UNKNOWN_IDS[:2]), PARTLY),
        (sampled(*KNOWN, at="2026-08-01"), UNKNOWN),
        (sampled(*[""] * 10), FAILS),
        (sampled(*[""] * 10, source="written by hand"), UNKNOWN),
    ],
    ids=["true", "few", "made-up", "some", "old", "no-id", "by-hand"],
)
def test_rows_stem_from_requests_on_record(files: dict[str, str], holding: Holding) -> None:
    """That a column says `production` is not where a row comes from."""
    assert rows.recent_rows_come_from_production(traced(files)).answer.holding is holding


def test_rows_of_drills_are_not_from_production() -> None:
    """Nor those of requests that an observer sent."""
    drilled = traced(sampled(*KNOWN), {**NEW, "tenken.drill": "d1"})

    assert rows.recent_rows_come_from_production(drilled).answer.holding is FAILS


def test_lines_of_a_log_hold_ids_too() -> None:
    """For those who trace nothing."""
    ids = [f"req-{number:06}" for number in range(10)]
    lines = read_logs([("app.log", "\n".join(log_lines(20)))], ABOUT)
    seen = Sighting(
        about=ABOUT,
        survey=surveyed(sampled(*ids)),
        logs=lines,
        origins=origins_of(lines, None, None),
    )

    assert rows.recent_rows_come_from_production(seen).answer.holding is HOLDS
