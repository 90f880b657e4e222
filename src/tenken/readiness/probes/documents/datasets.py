"""Golden sets, hard cases, their upkeep and their versions."""

from collections.abc import Iterator

from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import (
    declared,
    fails,
    gap,
    holds,
    lie,
    not_visible,
    partly,
    seen,
    unknown,
)
from tenken.readiness.facts.datasets import Case, Dataset, DatasetManifest, DatasetState
from tenken.readiness.facts.documents import Column, Subject
from tenken.readiness.facts.pipeline import Effect, Purpose
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents.written import MOST_TOLD, days_old
from tenken.readiness.probes.pipeline.order import runs_for
from tenken.sentence import say, words

FEWEST_ROWS = 20
FEWEST_AT_ALL = 5
"""Fewer rows are a first try, not a set."""
FEWEST_PER_USE_CASE = 3
MOST_TWINS = 0.02
HIDDEN = frozenset({DatasetState.POINTER, DatasetState.TOO_LARGE, DatasetState.ABSENT})
FRESH_DAYS = 90


def _golden(survey: Survey) -> list[Dataset]:
    """What the manifest or the name calls golden; else any set that is of no other kind."""
    datasets = survey.documents.datasets
    named = [one for one in datasets if one.kind == "golden"]
    return named or [one for one in datasets if one.kind == ""]


def golden_covers_the_use_cases(survey: Survey) -> Answer:
    """The golden set has enough unique rows with an expected result for every use case."""
    golden = _golden(survey)
    if not golden:
        return unknown(say("probes_6.no_golden_set"))
    read = [one for one in golden if one.state is DatasetState.READ]
    if not read:
        hidden = golden[0]
        return not_visible(say("probes_6.golden_not_here", path=hidden.path))
    findings = tuple(flaw for one in read for flaw in _row_flaws(one))
    usable = sum(one.usable for one in read)
    if usable < FEWEST_ROWS:
        few = gap("probes_6.golden_too_small", read[0].place, usable=usable, needed=FEWEST_ROWS)
        begun = _begun(read, survey)
        return (
            partly(begun, (few,)) if begun and not findings else fails(*findings[:MOST_TOLD], few)
        )
    missing = tuple(_uncovered(read, survey))
    remark = seen("probes_6.golden_rows", read[0].place, usable=usable)
    if findings or missing:
        return partly((remark,), (*findings, *missing)[:MOST_TOLD])
    return holds(remark)


def _begun(read: list[Dataset], survey: Survey) -> tuple[Remark, ...]:
    """Sets of too few rows, or of questions that a judge marks without an expected answer.

    However few they are, rows that a pipeline scores answers on are more than a first try.
    """
    return tuple(
        seen("probes_6.golden_begun", one.place, unique=one.unique)
        for one in read
        if one.unique >= FEWEST_AT_ALL or (one.usable and _is_scored_on(one, survey))
    )[:MOST_TOLD]


def _is_scored_on(one: Dataset, survey: Survey) -> bool:
    """An evaluation that a pipeline starts and that can fail stands in a folder above the set."""
    for placed in runs_for(survey.pipeline, Purpose.EVALUATION):
        judged = placed.run.evaluation
        if judged is None or judged.effect is not Effect.STOPS or judged.calls_model is False:
            continue
        folders = {path.rpartition("/")[0] for path in judged.files}
        if any(folder and one.path.startswith(f"{folder}/") for folder in folders):
            return True
    return False


def _row_flaws(one: Dataset) -> Iterator[Finding]:
    if one.rows and len(one.twins) > one.rows * MOST_TWINS:
        twin = one.twins[0]
        yield lie("probes_6.golden_twins", twin.place, count=len(one.twins), first=str(twin.first))
    if one.without_expected and one.usable:
        place = one.without_expected[0]
        yield lie("probes_6.golden_without_expected", place, count=len(one.without_expected))
    if one.echoes:
        yield lie("probes_6.golden_echoes", one.echoes[0], count=len(one.echoes))
    if one.answers == 1 and one.usable >= FEWEST_AT_ALL:
        yield lie("probes_6.golden_one_answer", one.place, count=one.usable)
    if one.greetings and len(one.greetings) * 5 > one.rows:
        yield lie("probes_6.golden_greetings", one.greetings[0], count=len(one.greetings))


def _uncovered(read: list[Dataset], survey: Survey) -> Iterator[Finding]:
    """Use cases that are named somewhere and have too few usable rows."""
    stated = survey.documents.on(Subject.TARGET)
    names = {one.text(Column.USE_CASE, Column.ID): one.place for one in stated}
    for name, place in names.items():
        rows = sum(one.tags.get(name, 0) for one in read)
        if name and rows < FEWEST_PER_USE_CASE:
            yield gap("probes_6.use_case_without_rows", place, use_case=name, rows=rows)


def golden_has_an_owner_and_a_place(survey: Survey) -> Answer:
    """Where the golden set lives, whose it is and how it changes is written and true."""
    golden = _golden(survey)
    if not golden:
        return unknown(say("probes_6.no_golden_set"))
    paths = {one.path for one in golden}
    manifests = [one for one in survey.documents.dataset_manifests if one.file in paths]
    broken = [one for one in manifests if one.matches is False]
    if broken:
        return fails(lie("probes_6.manifest_digest_differs", broken[0].place, file=broken[0].file))
    told = [_kept(one, manifests) for one in golden]
    best = min(told, key=len)
    about = golden[told.index(best)]
    if not best:
        return holds(seen("probes_6.golden_owned", about.place))
    parts = words("part", best)
    described = [one for one in golden if one.described is not None]
    if described:
        first = described[0]
        remark = seen("probes_6.golden_described", first.described, path=first.path)
        return partly((remark,), (gap("probes_6.golden_part_missing", about.place, parts=parts),))
    return unknown(say("probes_6.golden_lacks", path=golden[0].path, parts=parts))


def _kept(one: Dataset, manifests: list[DatasetManifest]) -> tuple[str, ...]:
    about = [manifest for manifest in manifests if manifest.file == one.path]
    owner = one.owner or any(manifest.owner for manifest in about)
    rules = one.rules or any(manifest.rules for manifest in about)
    pinned = any(manifest.sha256 or manifest.version for manifest in about) or bool(
        one.declared_sha256
    )
    parts = ((owner, "owner"), (rules, "rules"), (pinned, "sha256"))
    return tuple(name for there, name in parts if not there)


# -- hard cases

HARD = ("edge", "failure", "adversarial")


def hard_cases_exist(survey: Survey) -> Answer:
    """Edge, failure and adversarial cases are kept with their origin; no incident lacks one."""
    cases = [case for one in survey.documents.datasets for case in _hard(one)]
    whole = [one for one in survey.documents.datasets if one.kind in HARD]
    if not cases and not whole:
        hidden = any(one.state in HIDDEN for one in survey.documents.datasets)
        if survey.documents.datasets and not hidden:
            return fails(gap("probes_6.no_hard_cases", survey.documents.datasets[0].place))
        return unknown(say("probes_6.no_hard_set"))
    findings = (*_case_flaws(cases), *_missing_kinds(cases, whole), *_incidents_without(survey))
    sound = tuple(_case_seen(case) for case in cases if _is_sound(case))[:3]
    if not findings:
        return holds(*sound)
    there = sound or tuple(_hard_there(whole, cases))[:3]
    return partly(there, findings[:MOST_TOLD]) if there else fails(*findings[:MOST_TOLD])


def _hard_there(whole: list[Dataset], cases: list[Case]) -> Iterator[Remark]:
    """Hard cases that can be asked, wherever they come from."""
    for one in whole:
        if one.usable >= FEWEST_PER_USE_CASE:
            yield seen("probes_6.hard_set", one.place, kind=one.kind, count=one.usable)
    told = [case for case in cases if case.is_usable]
    if len(told) >= FEWEST_PER_USE_CASE:
        yield seen("probes_6.hard_rows", told[0].place, kind=told[0].kind, count=len(told))


def _hard(one: Dataset) -> Iterator[Case]:
    return (case for case in one.cases if (case.kind or one.kind) in HARD)


def _is_sound(case: Case) -> bool:
    """An edge is thought of, a failure and an attack come from somewhere."""
    return case.is_usable and bool(case.origin or case.kind == "edge")


def _case_seen(case: Case) -> Remark:
    if not case.origin:
        return seen("probes_6.hard_edge_case", case.place)
    return seen("probes_6.hard_case", case.place, kind=case.kind or "case", origin=case.origin)


def _case_flaws(cases: list[Case]) -> Iterator[Finding]:
    unusable = [case for case in cases if not case.is_usable]
    if unusable:
        yield lie("probes_6.hard_case_without_expected", unusable[0].place, count=len(unusable))
    rootless = [case for case in cases if case.kind != "edge" and not case.origin]
    if rootless:
        yield gap("probes_6.hard_case_without_origin", rootless[0].place, count=len(rootless))
    if not any(case.origin for case in cases) and cases:
        yield gap("probes_6.no_case_from_anywhere", cases[0].place)


def _missing_kinds(cases: list[Case], whole: list[Dataset]) -> Iterator[Finding]:
    kinds = {case.kind for case in cases} | {one.kind for one in whole if one.usable}
    place = cases[0].place if cases else whole[0].place
    for kind in HARD:
        if kind not in kinds:
            yield gap(f"probes_6.lacks_{kind}_cases", place)


def _incidents_without(survey: Survey) -> Iterator[Finding]:
    """Postmortems that no case names, by the file's name or the day."""
    origins = " ".join(
        f"{case.origin} {case.source}" for one in survey.documents.datasets for case in one.cases
    )
    for postmortem in survey.documents.postmortems:
        stem = postmortem.document.path.rpartition("/")[2].rpartition(".")[0]
        names = (stem, str(postmortem.happened_on or stem))
        if not any(name in origins for name in names):
            yield gap("probes_6.incident_without_case", postmortem.place, incident=stem)


def failure_cases_are_added(survey: Survey) -> Answer:
    """Failures seen in production or drills have become cases, lately and with their origin."""
    datasets = survey.documents.datasets
    if not datasets:
        return unknown(say("probes_6.no_evaluation_set"))
    cases = [
        case
        for one in datasets
        for case in one.cases
        if (case.kind or one.kind) in {"failure", "adversarial", "production"} or case.source
    ]
    rooted = [case for case in cases if case.origin and case.is_usable]
    missing = tuple(_incidents_without(survey))[:MOST_TOLD]
    if not rooted:
        if missing:
            return fails(*missing)
        return unknown(say("probes_6.no_failure_cases"))
    dated = [
        case for case in rooted if case.dated and 0 <= days_old(case.dated, survey) <= FRESH_DAYS
    ]
    changed = [one.changed_at for one in datasets if one.changed_at and one.cases]
    lately = any((survey.now - moment).days <= FRESH_DAYS for moment in changed)
    remark = seen("probes_6.failure_added", rooted[0].place, origin=rooted[0].origin)
    if missing:
        return partly((remark,), missing)
    if not dated and not lately:
        return fails(lie("probes_6.failures_not_added_lately", rooted[0].place, days=FRESH_DAYS))
    return holds(remark)


# -- versions and runs


def sets_are_versioned(survey: Survey) -> Answer:
    """Every evaluation set is identified by a digest that leads to exactly that content."""
    datasets = [
        one for one in survey.documents.datasets if one.state is not DatasetState.MALFORMED
    ]
    if not datasets:
        return unknown(say("probes_6.no_evaluation_set"))
    manifests = {one.file: one for one in survey.documents.dataset_manifests if one.sha256}
    wrong = tuple(_wrong_digests(datasets, manifests))
    if wrong:
        return fails(*wrong[:MOST_TOLD])
    pinned = [one for one in datasets if _is_pinned(one, manifests)]
    remarks = tuple(
        seen("probes_6.set_versioned", one.place, path=one.path) for one in pinned[:MOST_TOLD]
    )
    loose = tuple(
        gap("probes_6.set_without_digest", one.place, path=one.path)
        for one in datasets
        if one not in pinned
    )
    if not pinned:
        return _unpinned(datasets, loose)
    golden = [one for one in loose if one.place and "golden" in one.place.path]
    return (
        partly(remarks, loose[:MOST_TOLD]) if golden else holds(*remarks, notes=loose[:MOST_TOLD])
    )


def _unpinned(datasets: list[Dataset], loose: tuple[Finding, ...]) -> Answer:
    """Git keeps every version; but which one a run has used, no digest says."""
    here = [one for one in datasets if one.state is not DatasetState.ABSENT]
    if not here:
        return declared(
            *(seen("probes_6.set_named", one.place, path=one.path) for one in datasets)
        )
    kept = tuple(seen("probes_6.set_in_git", one.place, path=one.path) for one in here)
    return partly(kept[:MOST_TOLD], loose[:MOST_TOLD])


def _wrong_digests(
    datasets: list[Dataset], manifests: dict[str, DatasetManifest]
) -> Iterator[Finding]:
    for one in datasets:
        manifest = manifests.get(one.path)
        if manifest is not None and manifest.matches is False:
            yield lie("probes_6.manifest_digest_differs", manifest.place, file=one.path)
        elif one.declared_sha256 and one.sha256 and one.declared_sha256 != one.sha256:
            yield lie("probes_6.manifest_digest_differs", Place(one.path), file=one.path)


def _is_pinned(one: Dataset, manifests: dict[str, DatasetManifest]) -> bool:
    by_manifest = one.path in manifests and manifests[one.path].matches is not False
    return by_manifest or bool(one.declared_sha256) or one.state is DatasetState.POINTER


def runs_record_the_unit(survey: Survey) -> Answer:
    """A record of a run holds prompt, model, dataset and parameters together with the result."""
    records = survey.documents.run_records
    if not records:
        return unknown(say("probes_6.no_run_record"))
    lacks = {
        one.place: [
            name
            for name, there in (
                ("prompt", one.prompt), ("model", one.model), ("dataset", one.dataset),
                ("parameters", one.parameters), ("result", one.result),
            )
            if not there
        ]
        for one in records
    }  # fmt: skip
    whole = next((one for one in records if not lacks[one.place]), None)
    if whole is not None:
        return holds(seen("probes_6.run_recorded", whole.place))
    nearest = min(records, key=lambda one: len(lacks[one.place]))
    parts = words("part", lacks[nearest.place])
    return fails(gap("probes_6.run_lacks", nearest.place, parts=parts))
