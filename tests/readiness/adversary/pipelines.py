"""Workflows that look as if they checked something, and honest ones that look as if they did not."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import stability
from tests.readiness.adversary.ground import Case, changed
from tests.readiness.pipelines import GITHUB, ON_GITHUB

LINT, TESTS, SCAN = (
    stability.lint_runs_in_ci,
    stability.unit_tests_run_in_ci,
    stability.security_scan_runs_in_ci,
)
CHECKS = (LINT, TESTS, SCAN)
TEST = "from app.main import answer\n\n\ndef test_answer():\n    assert answer() == 'hello'\n"
HONEST = {**ON_GITHUB, "tests/test_answer.py": TEST}
ON = "on:\n  pull_request:\n  push:\n    branches: [main]\n"
SKIPPED = "  gate:\n    runs-on: ubuntu-latest\n    if: false\n    steps: [{run: 'true'}]\n"


def moved(to: str) -> dict[str, str]:
    """The workflow in a place the forge does not read."""
    return {to if path == GITHUB else path: text for path, text in HONEST.items()}


def every_job(settings: str, more: str = "") -> dict[str, str]:
    """Each job with further settings."""
    made = changed(
        HONEST, (GITHUB, "runs-on: ubuntu-latest", f"runs-on: ubuntu-latest\n{settings}")
    )
    return {**made, GITHUB: made[GITHUB] + more}


def command(new: str) -> dict[str, str]:
    """The step of the tests with another script; its lines are parted by ` / `."""
    lines = new.replace(" / ", "\n          ")
    return changed(HONEST, (GITHUB, "          pytest\n", f"          {lines}\n"))


DELIVERY = ".github/workflows/cd.yml"
GATE, CD = (
    stability.evaluation_gates_production,
    (stability.environments_are_deployed_by_cd, stability.deploys_come_from_the_pipeline),
)


CHEATS = (
    *(Case(id=f"moved to {to}", probes=CHECKS, files=moved(to)) for to in (
        "ci/workflows/ci.yml", ".github/ci.yml", ".github/workflows/old/ci.yml", ".github/workflows/ci.yaml.txt",
        "services/desk/.github/workflows/ci.yml",
    )),
    *(Case(id=id_, probes=CHECKS, files=every_job(settings)) for id_, settings in (
        ("always() && false", "    if: always() && false"),
        ("!true", "    if: ${{ !true }}"),
        ("constants", "    if: ${{ 'a' == 'b' }}"),
        ("nobody", "    if: github.actor == 'nobody'"),
        ("no such branch", "    if: github.ref == 'refs/heads/does-not-exist'"),
        ("a variable", "    if: vars.RUN_CI == 'true'"),
        ("failure()", "    if: failure()"),
        ("release", "    if: github.event_name == 'release'"),
        ("empty matrix", "    strategy: {matrix: {python: []}}"),
        ("all excluded", "    strategy:\n      matrix:\n        python: ['3.11', '3.12']\n        os: [a]\n        exclude: [{os: a}]"),
        ("continue-on-error", "    continue-on-error: ${{ true }}"),
        ("every copy may fail", "    strategy: {matrix: {trial: [true]}}\n    continue-on-error: ${{ matrix.trial }}"),
        ("printed", "    defaults: {run: {shell: 'echo {0}'}}"),
    )),
    Case(id="needs what never runs", probes=CHECKS, files=every_job("    needs: gate", SKIPPED)),
    *(Case(id=id_, probes=CHECKS, files=changed(HONEST, (GITHUB, ON, on))) for id_, on in (
        ("branches that are not there", "on:\n  pull_request: {branches: [candidate]}\n  push: {branches: [nowhere]}\n"),
        ("after the merge", "on:\n  pull_request: {types: [closed]}\n  push: {tags: ['v*']}\n"),
        ("not for code", "on:\n  pull_request: {paths-ignore: ['**.py']}\n  push: {branches: [main], paths-ignore: ['**.py']}\n"),
        ("when called", "on: workflow_call\n"),
        ("on the 31st of February", "on: {schedule: [{cron: '0 0 31 2 *'}]}\n"),
        ("main but not main", "on:\n  pull_request: {branches: [main, '!main']}\n  push: {branches: [main, '!main']}\n"),
    )),
    *(Case(id=f"gate {id_}", probes=(GATE,), files=changed(HONEST, (path, old, new))) for id_, path, old, new in (
        ("of nothing", "evals/run.py", "rate < 0.9", "rate < 0"),
        ("of 0.0 by name", "evals/run.py", "if rate < 0.9", "LEAST = 0.0\nif rate < LEAST"),
        ("that asserts nothing", "evals/run.py", "if rate < 0.9:\n    sys.exit(1)", "assert rate >= 0"),
        ("of next to nothing", "evals/run.py", "rate < 0.9", "rate < 0.01"),
        ("of next to nothing, the other way round", "evals/run.py", "rate < 0.9", "0.02 >= rate"),
        ("of next to nothing by name", "evals/run.py", "if rate < 0.9", "LEAST = 0.05\nif rate <= LEAST"),
        ("that asserts more than nothing", "evals/run.py", "if rate < 0.9:\n    sys.exit(1)", "assert rate > 0"),
        ("of a rate that is written", "evals/run.py", "if rate < 0.9", "figure = 0.97\nif figure < 0.9"),
        ("that is caught", "evals/run.py", "if rate < 0.9:\n    sys.exit(1)", "try:\n    if rate < 0.9:\n        sys.exit(1)\nexcept SystemExit:\n    pass"),
        ("that ends well", "evals/run.py", "sys.exit(1)", "sys.exit(0)"),
        ("left out", DELIVERY, "  evaluate:\n", "  evaluate:\n    if: false\n"),
        ("that may fail", DELIVERY, "  evaluate:\n", "  evaluate:\n    continue-on-error: true\n"),
        ("that nobody waits for", DELIVERY, "environment: prod", "environment: prod\n    if: ${{ !cancelled() }}"),
    )),
    *(Case(id=f"deploy {id_}", probes=CD, files=changed(HONEST, (DELIVERY, "gcloud run deploy desk-$STAGE --image=$IMAGE", new))) for id_, new in (
        ("printed", "echo gcloud run deploy desk --image=$IMAGE"),
        ("dry", "gcloud run deploy desk --image=$IMAGE --dry-run"),
        ("explained", "gcloud run deploy --help"),
    )),
    *(Case(id=new, probes=(TESTS,), files=command(new)) for new in (
        "pytest --co", "pytest --collect-only -q", "pytest --setup-plan", "uv run pytest --co", "pytest tests/nothing || exit 0",
        "pytest || [ $? -ne 0 ]", "! pytest", "trap 'exit 0' EXIT / pytest", "trap 'exit 0' ERR / pytest",
        "leave() { exit 0; } / trap leave EXIT / pytest", "true || pytest", "false && pytest", "exit 0 / pytest",
        "if false; then pytest; fi", "pytest() { :; } / pytest", "pytest || false || true", "pytest || (echo failed; exit 0)",
        "pytest 2>&1 | cat", "set +o pipefail; pytest | tee x", "echo $(pytest)", "nohup pytest &", "env pytest || true",
        "cat <<END / pytest / END", "# pytest / ls", "pip install pytest", "which pytest", "pytest && echo ok || echo bad",
        "{ pytest; } || true", "bash -c 'pytest; true'", "set +e / pytest / set -e", "pytest || code=$?",
        '[ -n "$X" ] && pytest; true', '[ -z "$X" ] || pytest', 'if [ -n "$X" ]; then pytest; fi', "if [ -d nowhere ]; then pytest; fi",
        "case $X in / yes) pytest ;; / esac", 'if [ -n "$X" ]; then echo skipped; else pytest; fi', "pytest app", "pytest -q evals/run.py",
    )),
)  # fmt: skip
HONEST_CASES = (
    Case(id="pipeline", probes=(*CHECKS, GATE, *CD), files=HONEST),
    *(Case(id=new, probes=(TESTS,), files=command(new)) for new in (
        "pytest; true", "pytest || exit", "pytest / exit 0", "pytest; exit $?", "pytest || { echo failed; exit 1; }",
        "pytest || echo failed && exit 1", "trap 'rm -rf scratch' EXIT / pytest", "code=0 / pytest || code=$? / exit $code",
        "true && pytest", "false || pytest", "if true; then pytest; fi",
        "if [ -d tests ]; then pytest; fi", "[ -f tests/test_answer.py ] && pytest; true", 'if [ -n "$X" ]; then pytest -v; else pytest; fi',
        'if [ -z "$X" ]; then exit 1; fi / pytest', 'if [ -n "$X" ]; then pytest; else exit 1; fi', "pytest tests", "pytest --cov app", "pytest tests/test_answer.py::test_answer",
    )),
    Case(id="one copy of several may fail", probes=CHECKS, files=every_job(
        "    strategy:\n      matrix:\n        python: ['3.12', '3.13']\n        include: [{python: '3.15', trial: true}]\n    continue-on-error: ${{ matrix.trial || false }}")),
    Case(id="some excluded", probes=CHECKS, files=every_job("    strategy:\n      matrix:\n        python: ['3.12', '3.13']\n        exclude: [{python: '3.12'}]")),
    Case(id="needs what runs", probes=CHECKS, files=every_job("    needs: gate", SKIPPED.replace("    if: false\n", ""))),
    Case(id="waits for nobody", probes=CHECKS, files=every_job("    needs: gate\n    if: always()", SKIPPED)),
)  # fmt: skip
