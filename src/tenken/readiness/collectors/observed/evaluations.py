"""Reads runs of evaluations: JSON, JSON lines, or what MLflow's `runs/search` answered.

MLflow after its REST reference (mlflow.org/docs/latest/rest-api.html, read 2026-11-23). Any other
record is read by the names of its fields.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any

import msgspec

from tenken.place import Place
from tenken.readiness.collectors.observed.fields import (
    Record,
    first,
    flat,
    moment,
    named,
    plain,
    text,
)
from tenken.readiness.facts.observed.evaluations import RunFacts, RunSeen
from tenken.readiness.facts.observed.records import Kept

MOST_RUNS = 20_000
IDS = ("runid", "evaluationid", "evalid", "id")
TIMES = ("starttime", "startedat", "ranat", "at", "timestamp", "time", "createdat", "date")
COMMITS = (
    "mlflowsourcegitcommit", "gitcommitsha", "gitcommit", "commitsha", "vcsrefheadrevision",
    "commit", "revision", "gitsha",
)  # fmt: skip
PROMPTS = (
    "promptsha256", "promptdigest", "prompthash", "promptversion", "promptid", "prompt",
)  # fmt: skip
MODELS = ("modelid", "modelname", "modelversion", "model")
DATASETS = (
    "datasetsha256", "datasetdigest", "datasethash", "datasetversion", "datasetpath", "dataset",
)  # fmt: skip
VERDICTS = ("passed", "verdict", "gate", "success")
YES, NO = frozenset({"true", "pass", "passed", "ok"}), frozenset({"false", "fail", "failed"})
METRICS = ("metrics", "scores", "results", "result", "summary")
PARAMETERS = ("parameters", "params", "config", "settings")
LOOSE_PARAMETERS = frozenset(
    {"temperature", "topp", "topk", "seed", "maxtokens", "maxoutputtokens", "reasoningeffort"}
)
OF_THE_UNIT = frozenset(map(plain, (*PROMPTS, *MODELS, *DATASETS, *COMMITS, *IDS, *TIMES)))


def read_runs(exports: Iterable[tuple[str, str]], now: datetime) -> RunFacts:
    """Read exports, each with the name that places show; a run of tomorrow is none."""
    found = chain.from_iterable(_runs(file, content) for file, content in exports)
    known = [one for one in islice(found, MOST_RUNS) if one.at and one.at <= now]
    known.sort(key=attrgetter("at"), reverse=True)
    latest = known[0].at if known else None
    earliest = known[-1].at if known else None
    return RunFacts(kept=Kept(latest=latest, earliest=earliest), runs=tuple(known))


def _runs(file: str, content: str) -> Iterator[RunSeen]:
    for number, document in _documents(content):
        for index, one in enumerate(_listed(document)):
            yield _run(Place(file, number + (index if number == 1 else 0)), _as_record(one))


def _documents(content: str) -> Iterator[tuple[int, Any]]:
    try:
        yield 1, msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        for number, line in enumerate(content.splitlines(), 1):
            try:
                yield number, msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError):
                continue


def _listed(document: Any) -> list[Record]:
    if isinstance(document, Mapping) and isinstance(document.get("runs"), list):
        document = document["runs"]
    every = document if isinstance(document, list) else [document]
    return [one for one in every if isinstance(one, Mapping)]


def _as_record(one: Record) -> Record:
    """A run of MLflow as a flat record; any other as it is."""
    info, data = one.get("info"), one.get("data")
    if not (isinstance(info, Mapping) and isinstance(data, Mapping)):
        return one
    given = one.get("inputs")
    inputs = given.get("dataset_inputs") if isinstance(given, Mapping) else None
    datasets = [each.get("dataset", {}) for each in _mappings(inputs)]
    digest = next((each.get("digest") for each in datasets if isinstance(each, Mapping)), None)
    return {
        "run_id": info.get("run_id"),
        "start_time": info.get("start_time"),
        **_pairs(data.get("tags")),
        "params": _pairs(data.get("params")),
        "metrics": _pairs(data.get("metrics")),
        **({"dataset_digest": digest} if digest else {}),
    }


def _pairs(listed: Any) -> dict[str, Any]:
    return {text(one.get("key")): one.get("value") for one in _mappings(listed)}


def _mappings(listed: Any) -> list[Record]:
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _run(place: Place, record: Record) -> RunSeen:
    fields = named(flat(record))
    return RunSeen(
        place=place,
        id=text(first(fields, IDS)),
        at=moment(first(fields, TIMES)),
        commit=text(first(fields, COMMITS)).lower(),
        prompt=text(first(fields, PROMPTS)),
        model=text(first(fields, MODELS)),
        dataset=text(first(fields, DATASETS)),
        parameters=_parameters(record),
        metrics=dict(_figures(record)),
        passed=_verdict(text(first(fields, VERDICTS)).lower()),
    )


def _verdict(said: str) -> bool | None:
    return True if said in YES else False if said in NO else None


def _parameters(record: Record) -> str:
    held = _below(record, PARAMETERS)
    found = {name: text(value) for name, value in flat(held) if plain(name) not in OF_THE_UNIT}
    loose = {
        name: text(value) for name, value in record.items() if plain(name) in LOOSE_PARAMETERS
    }
    return ", ".join(f"{name}={value}" for name, value in sorted({**found, **loose}.items()))


def _figures(record: Record) -> Iterator[tuple[str, float]]:
    """Figures under what is called a result, and a `score` beside the other fields."""
    held = [*flat(_below(record, METRICS)), *(("score", record[key]) for key in ("score",)
                                              if key in record)]  # fmt: skip
    for name, value in held:
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield plain(name), float(value)


def _below(record: Record, names: tuple[str, ...]) -> Record:
    found = (record.get(name) for name in names)
    return next((one for one in found if isinstance(one, Mapping)), {})
