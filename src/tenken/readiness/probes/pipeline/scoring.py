"""What the probes on evaluation in a pipeline share: what stands before production, and how."""

from collections.abc import Iterator

from tenken.evidence import Answer, Finding
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.pipeline import Effect, Occasion, Purpose, Stage
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.pipeline.order import (
    Placed,
    Reach,
    before,
    covers,
    neutralisers,
    reach,
    runs_for,
    stage,
)
from tenken.sentence import say


def prompt_paths(survey: Survey) -> tuple[str, ...]:
    """The files whose change is a change of a prompt."""
    return tuple(dict.fromkeys(prompt.place.path for prompt in survey.code.prompts))


def weaknesses(survey: Survey, placed: Placed) -> Iterator[Finding]:
    """Why an evaluation would let a bad prompt pass."""
    run = placed.run
    for it in neutralisers(placed, survey.repository.remote)[:1]:
        yield lie(f"pipeline.hollow_{it.kind}", it.place, command=run.command, detail=it.detail)
    judged = run.evaluation
    if judged is None:
        return
    if judged.calls_model is False:
        yield lie("pipeline.evaluation_without_model", run.place, command=run.command)
    if judged.reads_data is False and judged.effect.value != "unknown":
        yield lie("pipeline.evaluation_without_data", run.place, command=run.command)
    if judged.without_rows and not _fetches(placed):
        command, data = run.command, judged.without_rows
        yield lie("pipeline.evaluation_of_nothing", run.place, command=command, data=data)
    if IDLE & set(run.command.split()):
        yield lie("pipeline.evaluation_idle", run.place, command=run.command)
    if judged.effect.value == "never_stops":
        yield lie("pipeline.evaluation_without_threshold", run.place, command=run.command)


IDLE = frozenset({"--dry-run", "--no-fail", "--no-exit-code", "--collect-only", "--help"})
"""Options with which an evaluation looks at nothing, or keeps what it found to itself."""
FETCHERS = (
    "dvc ", "s3 cp", "s3 sync", "gsutil", "gcloud storage", "curl", "wget", "lfs", "download",
    "az storage", "hf ", "huggingface-cli", "artifact", "build", "generate", "prepare",
)  # fmt: skip
"""Words of a step that may bring data which is not kept here."""


def _fetches(placed: Placed) -> bool:
    """Another step of the job brings data."""
    given = " ".join(placed.job.settings).lower()
    return any(word in given for word in FETCHERS)


MODEL_KEYS = (
    "OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE", "VERTEX", "AZURE", "BEDROCK", "AWS", "LLM", "MODEL",
    "COHERE", "MISTRAL", "GROQ", "LITELLM", "OPENROUTER", "HF_", "HUGGING", "GCP",
)  # fmt: skip
"""Parts of the names under which keys of model providers are kept."""


def may_reach_model(survey: Survey, placed: Placed) -> bool:
    """GitHub hands every secret to a job by name; a job with no key, login or address has none."""
    job, judged = placed.job, placed.run.evaluation
    if not placed.job.pipeline.startswith(".github/"):
        return True  # variables of the project are given to every job and are not in the file
    keys = holds_model_key(placed)
    words = (*placed.run.selects, *(judged.targets if judged else ()))
    recorded = any("cassette" in it.path for it in survey.tree.entries)
    return keys or bool(job.logins) or any("://" in it for it in words) or recorded


def holds_model_key(placed: Placed) -> bool:
    """A secret whose name speaks of a provider is handed to the job."""
    return any(word in it.name.upper() for it in placed.job.secrets for word in MODEL_KEYS)


def no_key(placed: Placed) -> Finding:
    """It may not get as far as a model."""
    place, command = placed.job.place, placed.run.command
    return gap("pipeline.no_key_for_model", place, job=placed.job.name, command=command)


def judged_gate(survey: Survey, deploy: Placed) -> Answer:
    """Say whether an evaluation with a threshold stands before this deploy."""
    gates = before(survey.pipeline, deploy, Purpose.EVALUATION)
    if not gates:
        return _no_gate(survey, deploy)
    weak = {gate.run.place: tuple(weaknesses(survey, gate)) for gate in gates}
    sound = [gate for gate in gates if not weak[gate.run.place]]
    if not sound:
        return fails(*(it for found in weak.values() for it in found))
    known = [it for it in sound if it.run.evaluation and it.run.evaluation.effect.value == "stops"]
    if not known:
        place = sound[0].run.place
        return unknown(say("pipeline.missing_threshold"), gap("pipeline.effect_unknown", place))
    able = [it for it in known if may_reach_model(survey, it)]
    if not able:
        return unknown(say("pipeline.missing_evaluation"), no_key(known[0]))
    return _in_staging(survey, deploy, able[0])


def gates_merges_only(survey: Survey) -> Answer | None:
    """Every pull request is scored, and nothing here deploys what is merged."""
    for placed in runs_for(survey.pipeline, Purpose.EVALUATION):
        if _gates_merges(survey, placed):
            run = placed.run
            remark = seen("pipeline.scored_before_merge", run.place, command=run.command)
            alone = gap("pipeline.nothing_deploys_after", run.place, command=run.command)
            return partly((remark,), (alone,))
    return None


def _no_gate(survey: Survey, deploy: Placed) -> Answer:
    beside = runs_for(survey.pipeline, Purpose.EVALUATION)
    where = deploy.run.place
    merging = next((it for it in beside if _gates_merges(survey, it)), None)
    if merging is not None:
        run = merging.run
        remark = seen("pipeline.scored_before_merge", run.place, command=run.command)
        gap_ = gap("pipeline.deploy_does_not_wait", where, job=deploy.job.name)
        return partly((remark,), (gap_,))
    if beside:
        first = beside[0]
        finding = lie(
            "pipeline.evaluation_beside",
            first.run.place,
            command=first.run.command,
            job=deploy.job.name,
        )
        return fails(finding)
    return fails(gap("pipeline.deploy_without_evaluation", where, job=deploy.job.name))


def _gates_merges(survey: Survey, placed: Placed) -> bool:
    """Every pull request is scored with a model, and a bad score makes it red."""
    judged = placed.run.evaluation
    return (
        reach(placed, Occasion.PULL_REQUEST) is Reach.SURELY
        and not any(weaknesses(survey, placed))
        and missed_prompt(survey, placed) is None
        and judged is not None
        and judged.effect is Effect.STOPS
        and may_reach_model(survey, placed)
    )


def _in_staging(survey: Survey, deploy: Placed, gate: Placed) -> Answer:
    remark = seen("pipeline.gated", gate.run.place, command=gate.run.command, job=deploy.job.name)
    findings = (*_missed_prompts(survey, gate), *_not_on_staging(survey, gate))
    return partly((remark,), findings) if findings else holds(remark)


def _missed_prompts(survey: Survey, gate: Placed) -> Iterator[Finding]:
    """A filter of paths under which a change of a prompt starts nothing."""
    missed = missed_prompt(survey, gate)
    if missed is not None:
        yield missed


def missed_prompt(survey: Survey, placed: Placed) -> Finding | None:
    """The first prompt file whose change never starts this run."""
    from_filters = [it for it in placed.job.occasions.values() if it.include or it.exclude]
    if not from_filters or len(from_filters) < len(placed.job.occasions):
        return None
    for path in prompt_paths(survey):
        if not any(covers(it, path) for it in from_filters):
            place = from_filters[0].place
            return lie(
                "pipeline.hollow_paths_miss", place, command=placed.run.command, detail=path
            )
    return None


def _not_on_staging(survey: Survey, gate: Placed) -> Iterator[Finding]:
    judged = gate.run.evaluation
    words = " ".join((*gate.run.selects, *(judged.targets if judged else ()))).lower()
    on_stage = gate.job.stage is Stage.STAGING or "stg" in words or "staging" in words
    after_stage = any(
        stage(it) is Stage.STAGING for it in before(survey.pipeline, gate, Purpose.DEPLOY)
    )
    if not on_stage and not after_stage:
        yield gap("pipeline.gate_not_in_staging", gate.run.place, command=gate.run.command)
