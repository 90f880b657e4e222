"""Task runners beside the usual ones: what they really start, and what takes its effect away."""

from textwrap import dedent

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import stability
from tests.readiness.pipelines import APPLICATION, GITHUB, survey_of

WORKFLOW = dedent("""\
    on: {pull_request: , push: {branches: [main]}}
    jobs:
      check:
        steps:
          - run: COMMAND
    """)
INVOKE = dedent("""\
    from invoke import task


    @task
    def lint(c):
        c.run("ruff check .")


    @task(pre=[lint])
    def check_all(c):
        c.run("pytest", pty=True)


    def helper(c):
        c.run("bandit -r app")
    """)
PIXI = "[tasks]\nlint = 'ruff check .'\nall = {cmd = 'pytest', depends-on = ['lint']}\n"
PDM = "[tool.pdm.scripts]\nlint = 'ruff check .'\n"
RYE = "[tool.rye.scripts]\nlint = 'ruff check .'\nall = {chain = ['lint']}\n"
Files = dict[str, str]


def linted(command: str, files: Files) -> Holding:
    """What is said of the linter behind a command."""
    workflow = {GITHUB: WORKFLOW.replace("COMMAND", command)}

    return stability.lint_runs_in_ci(survey_of({**APPLICATION, **workflow, **files})).holding


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("invoke lint", {"tasks.py": INVOKE}),
        ("uv run inv check-all", {"tasks.py": INVOKE}),
        ("pixi run lint", {"pixi.toml": PIXI}),
        ("pixi run all", {"pixi.toml": PIXI}),
        ("pixi run lint", {"pyproject.toml": "[tool.pixi.tasks]\nlint = 'ruff check .'\n"}),
        ("pixi run lint", {"pixi.toml": "[feature.dev.tasks]\nlint = 'ruff check .'\n"}),
        ("pdm lint", {"pyproject.toml": PDM}),
        ("pdm run lint", {"pyproject.toml": PDM}),
        ("rye run all", {"pyproject.toml": RYE}),
        ("pipenv run lint", {"Pipfile": "[scripts]\nlint = 'flake8'\n"}),
        ("hatch fmt --check", {}),
        ("npx nx affected -t lint", {}),
    ],
)
def test_the_command_behind_a_name(command: str, files: Files) -> None:
    """By a task, by one that it needs, by a script of the project."""
    assert linted(command, files) is Holding.HOLDS


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("invoke helper", {"tasks.py": INVOKE}),
        ("invoke lint", {"tasks.py": INVOKE.replace('ruff check ."', 'ruff check .", warn=True')}),
        ("invoke lint", {"tasks.py": INVOKE.replace('c.run("ruff', 'print("ruff')}),
        ("invoke lint", {"tasks.py": "def broken(:\n"}),
        ("pixi run test", {"pixi.toml": PIXI}),
        ("pdm install", {"pyproject.toml": PDM}),
        ("rye run lint", {"pyproject.toml": RYE.replace("check .'", "check . || true'")}),
        ("pipenv run lint", {"Pipfile": "[scripts]\nlint = 'echo flake8'\n"}),
        ("hatch version", {}),
        ("npx nx affected -t build", {}),
    ],
)
def test_a_name_behind_which_nothing_is_linted(command: str, files: Files) -> None:
    """No task, a status that is not looked at, words that are only printed."""
    assert linted(command, files) is not Holding.HOLDS


@pytest.mark.parametrize(
    ("command", "holding"),
    [
        ("mypy app", Holding.PARTLY),
        ("uv run pyright", Holding.PARTLY),
        ("npx tsc --noEmit", Holding.PARTLY),
        ("npx tsc -p tsconfig.build.json", Holding.FAILS),
        ("mypy app || true", Holding.FAILS),
        ("echo mypy app", Holding.FAILS),
        ("mypy app; ruff check . || true", Holding.FAILS),
    ],
)
def test_types_are_part_of_what_a_linter_finds(command: str, holding: Holding) -> None:
    """Alone they are half; beside a linter that is switched off they excuse nothing."""
    assert linted(command, {}) is holding


@pytest.mark.parametrize(
    ("command", "holding"),
    [("python manage.py test", Holding.HOLDS), ("python manage.py migrate", Holding.FAILS)],
)
def test_a_script_with_commands_of_its_own(command: str, holding: Holding) -> None:
    """What it does hangs on the word after it."""
    files = {**APPLICATION, "manage.py": "import django\n"}
    files[GITHUB] = WORKFLOW.replace("COMMAND", command)

    assert stability.unit_tests_run_in_ci(survey_of(files)).holding is holding
