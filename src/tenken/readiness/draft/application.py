"""Writes the first `tenken.yaml` of a repository, commented, from a sketch of what was found.

A draft claims nothing: texts are placeholders, figures that nobody knows are commented out, and
what was found says where. It is read by `load_manifest` like any other file.
"""

from collections.abc import Iterable

from tenken.messages.speech import Speech
from tenken.readiness.draft.pen import Draft, Pen, example_lines, quoted
from tenken.readiness.draft.platform import PLATFORM_VERSION
from tenken.readiness.draft.sketch import FoundModel, FoundRoute, Sketch

KINDS = ("golden", "edge", "adversarial", "regression", "production_sample")


def write_application(found: Sketch, speech: Speech, *, platform_exists: bool) -> Draft:
    """Write `tenken.yaml`; where a platform file exists, its version is for the author to pin."""
    pen = Pen(speech)
    pen.comment("about_tenken")
    pen.write("version: 1")
    _identity(pen, found, platform_exists=platform_exists)
    for part in ("goals", "kpis"):
        pen.example(part)
    _use_cases(pen, found)
    _models(pen, found)
    _routes(pen, found)
    _behind(pen, found)
    _datasets(pen, found)
    pen.example("gates")
    _slos(pen, found)
    _scenarios(pen, found)
    pen.example("capacity")
    _decisions(pen, found)
    _data_use(pen, found)
    pen.example("data_classification")
    _safety(pen, found)
    pen.block("allowed_models")
    pen.aside("allowed_models:", *(f"  - {quoted(one.name)}" for one in found.models if one.name))
    pen.example("documents")
    _environments(pen, found)
    return pen.finished()


def _identity(pen: Pen, found: Sketch, *, platform_exists: bool) -> None:
    pen.block("identity")
    pen.write("application:", f"  name: {quoted(found.name)}")
    pen.write(f"  owner: {pen.todo('todo_owner')}", "  tier: B")
    pen.block("extends_existing" if platform_exists else "extends")
    lines = ("extends:", "  platform: platform.yaml", f"  version: {quoted(PLATFORM_VERSION)}")
    if platform_exists:
        pen.aside(*lines)
    else:
        pen.write(*lines)


def _use_cases(pen: Pen, found: Sketch) -> None:
    pen.block("use_cases")
    pen.write("use_cases:" if found.use_cases else "use_cases: []")
    for one in found.use_cases:
        pen.write(f"  - id: {quoted(one.id)}{pen.found_at(one.place)}")
        pen.write(f"    description: {pen.todo('todo_use_case', found=one.found)}")
        pen.aside("    targets:", *example_lines("targets", " " * 6))


def _models(pen: Pen, found: Sketch) -> None:
    pen.block("models")
    if not found.models:
        pen.comment("no_models")
    pen.write("models:" if found.models else "models: []")
    for one in found.models:
        pen.write(f"  - id: {quoted(one.id)}{pen.found_at(one.place)}")
        provider = quoted(one.provider) if one.provider else pen.todo("todo_provider")
        pen.write(f"    provider: {provider}", f"    model: {_model_name(pen, one)}")
        if one.region:
            pen.write(f"    region: {quoted(one.region)}")
        pen.write(f"    owner: {pen.todo('todo_model_owner')}")
        pen.aside(*example_lines("model", " " * 4))


def _model_name(pen: Pen, one: FoundModel) -> str:
    if one.name:
        return quoted(one.name)
    if one.variable:
        return pen.todo("todo_model_variable", variable=one.variable)
    return pen.todo("todo_model")


def _routes(pen: Pen, found: Sketch) -> None:
    pen.block("routes")
    pen.write("routes:" if found.routes else "routes: []")
    for one in found.routes:
        pen.write(f"  - name: {quoted(one.name)}{pen.found_at(one.place)}")
        pen.write(f"    use_case: {quoted(one.use_case)}")
        pen.write(f"    targets: [{', '.join(quoted(target) for target in one.targets)}]")
        _care(pen, one)


def _care(pen: Pen, one: FoundRoute) -> None:
    timeout, attempts = one.timeout_s, one.attempts
    if timeout is None:
        pen.aside("    timeout_s: <number>")
    else:
        pen.write(f"    timeout_s: {timeout:g}")
    if attempts is None:
        pen.aside('    retry: {attempts: <number>, on: ["429", "500", "timeout"]}')
    else:
        pen.write(f"    retry: {{attempts: {attempts}}}")


def _behind(pen: Pen, found: Sketch) -> None:
    """Commented out even where an address was found: whose gateway it is, its team has to say."""
    if not found.behind:
        pen.example("behind")
        return
    pen.block("behind_found")
    pen.aside("behind:", "  urls:")
    for one in found.behind:
        pen.aside(f"    - {quoted(one.url)}{pen.found_at(one.place)}")
    pen.aside(f"  file: {quoted(found.behind_file or 'TODO')}")


def _datasets(pen: Pen, found: Sketch) -> None:
    pen.block("datasets")
    pen.write("datasets:" if found.datasets else "datasets: []")
    for one in found.datasets:
        pen.write(f"  - name: {quoted(one.name)}", f"    path: {quoted(one.path)}")
        pen.write(f"    kind: {one.kind if one.kind in KINDS else 'golden'}")
        pen.write(f"    owner: {pen.todo('todo_dataset_owner')}")
        pen.write(f"    rules: {pen.todo('todo_dataset_rules')}")
        if one.sha256:
            pen.aside(f"    sha256: {quoted(one.sha256)}")


def _slos(pen: Pen, found: Sketch) -> None:
    if not found.slos:
        pen.example("slos")
        return
    pen.block("slos")
    pen.write("slos:")
    for one in found.slos:
        sli = quoted(one.sli) if one.sli else pen.todo("todo_sli")
        pen.write(f"  - name: {quoted(one.name)}{pen.found_at(one.place)}", f"    sli: {sli}")
        pen.write(f"    target_percent: {one.target_percent:g}")
        pen.write(f"    window_days: {one.window_days}")


def _scenarios(pen: Pen, found: Sketch) -> None:
    pen.block("scenarios")
    pen.write("scenarios:")
    for one in found.dependencies:
        kind = "llm_api" if one.is_model else "dependency"
        dependency = f"    dependency: {quoted(one.name)}{pen.found_at(one.place)}"
        _scenario(pen, one.id, kind, [dependency])
    taken = {one.id for one in found.dependencies}
    for kind in ("network", "resource"):
        _scenario(pen, f"{kind}-fails" if kind in taken else kind, kind, [])


def _scenario(pen: Pen, id_: str, kind: str, more: Iterable[str]) -> None:
    pen.write(f"  - id: {quoted(id_)}", f"    kind: {kind}", *more)
    pen.write(f"    what: {pen.todo('todo_scenario')}")
    pen.write(f"    detection: {pen.todo('todo_detection')}")
    pen.write(f"    runbook: {pen.todo('todo_runbook')}")
    pen.aside(*(f"    impact: {line}" for line in example_lines("impact", "")))


def _decisions(pen: Pen, found: Sketch) -> None:
    if not found.style:
        pen.example("decisions")
        return
    pen.block("decisions")
    pen.write("decisions:", "  call_style:", f"    style: {found.style}")
    pen.write(f"    reason: {pen.todo('todo_style')}")
    pen.aside(*example_lines("decisions"))


def _data_use(pen: Pen, found: Sketch) -> None:
    pen.block("data_use")
    pen.write("data_use:" if found.providers else "data_use: []")
    for provider in found.providers:
        pen.write(f"  - provider: {quoted(provider)}", f"    tier: {pen.todo('todo_plan')}")
        pen.write("    training: unknown")
        pen.aside(*example_lines("data_use", " " * 4))


def _safety(pen: Pen, found: Sketch) -> None:
    pen.block("safety")
    pen.write("safety:")
    if found.incident_process:
        pen.write(f"  incident_process: {quoted(found.incident_process)}")
    pen.write(f"  contact: {pen.todo('todo_contact')}")
    pen.aside(*example_lines("safety"))


def _environments(pen: Pen, found: Sketch) -> None:
    pen.block("environments")
    pen.write("environments:")
    for stage in found.stages or ("prod",):
        pen.write(f"  {quoted(stage)}:", f"    url: {pen.todo('todo_url')}")
