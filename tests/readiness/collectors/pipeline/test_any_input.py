"""Whatever stands in the files, collecting ends with facts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readiness.pipelines import ON_CLOUD_BUILD, ON_GITHUB, ON_GITLAB, facts_of

FILES = {**ON_GITHUB, **ON_GITLAB, **ON_CLOUD_BUILD}
PATHS = sorted(path for path in FILES if not path.startswith(("app/", "tests/")))
RUNNERS = ("Makefile", "package.json", "tox.ini", "noxfile.py", "justfile", "Taskfile.yml",
           "pyproject.toml", ".pre-commit-config.yaml", "junit.xml", "x.sarif", "k8s/rollout.yaml",
           "deploy.sh", "render.yaml", "trigger.yaml")  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), st.data())
def test_a_piece_less_or_more_is_no_crash(path: str, data: st.DataObject) -> None:
    """Files cut, doubled and filled with noise at any place."""
    text = FILES[path]
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    noise = data.draw(st.text(max_size=12))

    facts = facts_of({**FILES, path: text[:at] + noise + text[at + length :]})

    assert facts.pipelines


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RUNNERS), st.text(max_size=200))
def test_noise_in_a_runner_is_no_crash(path: str, text: str) -> None:
    """The files that commands lead to may hold anything."""
    calls = "make a; npm test; tox; nox; just; task a; poe a; pre-commit run -a; ./deploy.sh"
    workflow = f"on: push\njobs: {{a: {{steps: [{{run: '{calls}'}}]}}}}\n"

    assert facts_of({path: text, ".github/workflows/a.yml": workflow}).pipelines


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs:\n  a:\n    steps:\n" + "      - run: pytest\n" * 3_000,
        "on: push\njobs:\n" + "".join(f"  j{n}: {{needs: j{n + 1}}}\n" for n in range(2_000)),
        "on: push\njobs: {a: {needs: a}, b: {needs: c}, c: {needs: b}}\n",
        "on: push\njobs: {a: {strategy: {matrix: {e: ["
        + ",".join(map(str, range(900)))
        + "]}}, environment: '${{ matrix.e }}'}}\n",
        "on: push\njobs: {a: {if: '" + "(" * 3_000 + "'}}\n",
        "x: " + "[" * 3_000,
    ],
    ids=["steps", "jobs", "circle", "matrix", "condition", "nest"],
)
def test_a_huge_workflow_ends(text: str) -> None:
    """Size and circles are bounded."""
    facts = facts_of({".github/workflows/a.yml": text})

    assert len(facts.jobs) <= 2_000
