"""Jobs that run for some changed files only, told by a step instead of by `paths:`."""

from textwrap import dedent

import pytest

from tenken.readiness.facts.pipeline import Occasion, PathFilter
from tests.readiness.pipelines import facts_of

WORKFLOW = dedent("""\
    on:
      pull_request:
      push: {branches: [main]}
      schedule: [{cron: "0 3 * * *"}]
    jobs:
      changes:
        outputs:
          code: ${{ steps.seen.outputs.code }}
          docs: ${{ steps.seen.outputs.docs }}
          other: ${{ steps.elsewhere.outputs.code }}
        steps:
          - id: seen
            uses: dorny/paths-filter@v3
            with:
              filters: |
                shared: &shared ['pyproject.toml']
                code:
                  - *shared
                  - 'src/**/*.{py,prompt}'
                docs: docs/**
      test:
        needs: changes
        if: CONDITION
        steps: [{run: pytest}]
""")
CODE = "needs.changes.outputs.code == 'true'"
DOCS = "needs.changes.outputs.docs == 'true'"
CODE_FILES = ("pyproject.toml", "src/**/*.py", "src/**/*.prompt")


def paths_of(workflow: str, **files: str) -> PathFilter | None:
    """For which files the job runs on a pull request; None where that is not told."""
    facts = facts_of({".github/workflows/x.yml": workflow, **files})
    job = next(it for it in facts.jobs if it.key.endswith("#test"))
    return job.occasions.get(Occasion.PULL_REQUEST)


@pytest.mark.parametrize(
    ("condition", "include"),
    [
        (CODE, CODE_FILES),
        (f"${{{{ {CODE} }}}}", CODE_FILES),
        (f"{CODE} || {DOCS}", (*CODE_FILES, "docs/**")),
        (f"{CODE} || github.event_name == 'push'", CODE_FILES),
        (f"{CODE} || github.event_name == 'pull_request'", ()),
    ],
)
def test_a_job_runs_for_the_files_that_its_condition_asks_for(
    condition: str, include: tuple[str, ...]
) -> None:
    """One filter, any of two, or an event beside it that lets the job run in any case."""
    found = paths_of(WORKFLOW.replace("CONDITION", condition))

    assert found is not None
    assert found.include == include


@pytest.mark.parametrize(
    "condition",
    [
        f"{CODE} && {DOCS}",
        f"{CODE} && vars.RUN_TESTS == 'true'",
        "needs.changes.outputs.docs != 'true'",
        "needs.changes.outputs.other == 'true'",
        "needs.changes.outputs.nothing == 'true'",
    ],
)
def test_more_than_the_files_decides(condition: str) -> None:
    """Two filters at once, a variable, a filter that switches off, an output nobody sets."""
    assert paths_of(WORKFLOW.replace("CONDITION", condition)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("with:\n", "with:\n          predicate-quantifier: every\n"),
        ("docs: docs/**", "docs: docs/**\n            unused: 1"),
        ("dorny/paths-filter@v3", "example/anything@v3"),
        ("- *shared", "- '!src/generated/**'"),
        ("id: seen", "id: renamed"),
    ],
)
def test_a_filter_that_is_not_understood_tells_nothing(old: str, new: str) -> None:
    """Only the second is one that changes nothing."""
    spoiled = WORKFLOW.replace("CONDITION", CODE).replace(old, new)

    assert spoiled != WORKFLOW.replace("CONDITION", CODE)
    assert (paths_of(spoiled) is None) is ("unused" not in new)


def test_filters_may_stand_in_a_file() -> None:
    """`filters:` may name one, and a schedule has nothing to compare with."""
    head, _, tail = WORKFLOW.partition("          filters: |\n")
    named = f"{head}          filters: .github/filters.yml\n  test:{tail.partition('  test:')[2]}"
    files = {".github/filters.yml": "code: ['src/**']\n"}

    found = paths_of(named.replace("CONDITION", CODE), **files)

    assert found is not None
    assert found.include == ("src/**",)


CHANGED = dedent("""\
    on: {pull_request: , schedule: [{cron: "0 3 * * *"}]}
    jobs:
      changes:
        outputs: {any: "${{ steps.seen.outputs.OUTPUT }}"}
        steps:
          - id: seen
            uses: tj-actions/changed-files@v46
            with:
              files: |
                src/**
                prompts/**
              files_yaml: |
                api: ['api/**']
      test:
        needs: [changes]
        if: needs.changes.outputs.any == 'true'
        steps: [{run: pytest}]
""")


@pytest.mark.parametrize(
    ("output", "include"),
    [
        ("any_changed", ("src/**", "prompts/**")),
        ("api_any_modified", ("api/**",)),
        ("all_changed_files", None),
    ],
)
def test_another_action_that_compares(output: str, include: tuple[str, ...] | None) -> None:
    """Patterns by line, or several under names; a list of files is no yes."""
    found = paths_of(CHANGED.replace("OUTPUT", output))

    assert (found.include if found else None) == include


def test_a_schedule_has_nothing_to_compare_with() -> None:
    """What such a step says without a change is not told."""
    facts = facts_of({".github/workflows/x.yml": CHANGED.replace("OUTPUT", "any_changed")})

    job = next(it for it in facts.jobs if it.key.endswith("#test"))

    assert job.perhaps == {Occasion.SCHEDULE}
