"""Commands behind make, npm, tox, nox, just, pre-commit and scripts."""

from collections.abc import Mapping

import pytest

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import unwrapped
from tenken.readiness.collectors.pipeline.commands.piece import Files, Piece
from tenken.readiness.collectors.pipeline.commands.status import Options
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.facts.pipeline import Effect, Purpose
from tests.readiness.trees import FakeTree


def followed(command: str, files: Mapping[str, str] | None = None) -> Trace:
    """What a line of a workflow leads to."""
    trace = Trace(Files(FakeTree(files or {})))
    place = Place("ci.yml", 7)
    piece = Piece(text=command, place=place, key="ci", options=Options(errexit=True))
    trace.piece(piece, Origin())
    return trace


def found(trace: Trace) -> list[tuple[str, str, list[str]]]:
    """Purpose, place and neutralisers of each run."""
    return [
        (it.purpose.value, str(it.place), [one.kind.value for one in it.neutralisers])
        for it in trace.runs
    ]


NOX = "import nox\n@nox.session\ndef tests(s):\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("poetry run python -m pytest -q", "pytest -q"),
        ("uv run --with ruff --directory app ruff check", "ruff check"),
        ("uv run -m pytest", "pytest"),
        ("sudo -u app timeout 60 env A=1 pytest", "pytest"),
        ("docker compose run --rm -e A=1 app pytest tests", "pytest tests"),
        ("npx --yes eslint .", "eslint ."),
        ("coverage run -m pytest", "pytest"),
        ("A=1 .venv/bin/ruff check", ".venv/bin/ruff check"),
        ("uvx ruff@0.14 check", "ruff@0.14 check"),
    ],
)
def test_wrappers_are_peeled(line: str, words: str) -> None:
    """What a line really starts."""
    assert " ".join(unwrapped(tuple(line.split())).words) == words


TOX = "[tox]\nenvlist = py3{11,12}, lint\n[testenv]\ncommands =\n    pytest {posargs}\n"
PRE_COMMIT = ".pre-commit-config.yaml"
CASES = [
    pytest.param(
        "make check",
        {
            "Makefile": (
                "PY := $(shell [ -x $(V)/bin/python ] && echo $(V)/bin/python || echo python3)\n"
                "UV = $(shell command -v uv)\n"
                "check:\n\t$(PY) -m ruff check .\n\t$(UV) run pytest\n"
            )
        },
        [("lint", "Makefile:4", []), ("test", "Makefile:5", [])],
        id="make asks the shell for a program",
    ),
    pytest.param(
        "make check",
        {"Makefile": "PY := $(shell echo true || echo python3)\ncheck:\n\t$(PY) -m pytest\n"},
        [],
        id="make may be given something else",
    ),
    pytest.param(
        ".ci/run",
        {
            ".ci/run": '#!/bin/sh\nset -eu\ncd "$(dirname "$0")/.."\nexec make test\n',
            "Makefile": "BIN := .venv/bin\nPYTEST := $(BIN)/python -m pytest\n"
            "test: check ## all that CI runs, live or not\n\t$(PYTEST) -q\n"
            "check:\n\t$(BIN)/ruff check .\nlive:\n\tlocust --headless\n",
        },
        [("lint", "Makefile:6", []), ("test", "Makefile:4", [])],
        id="a script without a suffix, from its folder into make with variables",
    ),
    pytest.param(
        "sh ci/run || true",
        {
            "ci/run": 'cd "${0%/*}/.." && make check\n',
            "Makefile": "check:\n\truff check .\n",
        },
        [("lint", "Makefile:2", ["or_true"])],
        id="what is said of the script is true of what it leads to",
    ),
    pytest.param(
        "scripts/ci",
        {
            "scripts/ci": 'ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"\n'
            '"$ROOT"/scripts/lint\ncd "$ROOT/app"\nnpm test\n',
            "scripts/lint": "ruff check .\n",
            "app/package.json": '{"scripts": {"test": "vitest run"}}',
        },
        [("lint", "scripts/lint:1", ["status_lost"]), ("test", "app/package.json:1", [])],
        id="a variable that holds the folder of the script",
    ),
    pytest.param(
        "make check",
        {"Makefile": "PY := python3\ncheck: lint\n\t$(PY) -m pytest\nlint:\n\t@ruff check .\n"},
        [("lint", "Makefile:5", []), ("test", "Makefile:3", [])],
        id="make",
    ),
    pytest.param(
        "make test",
        {"Makefile": "test:\n\t-pytest\n\tpytest -q || true\n"},
        [("test", "Makefile:2", ["dash"]), ("test", "Makefile:3", ["or_true"])],
        id="make-neutralised",
    ),
    pytest.param(
        "make -C app lint",
        {"app/Makefile": "include ../more.mk\n", "more.mk": "lint:\n\tcd .. && flake8\n"},
        [("lint", "more.mk:2", [])],
        id="make-include",
    ),
    pytest.param(
        "npm --prefix web run lint",
        {"web/package.json": '{"scripts": {\n"lint": "eslint . || true",\n"test": "jest"}}'},
        [("lint", "web/package.json:2", ["or_true"])],
        id="npm",
    ),
    pytest.param(
        "pnpm test",
        {"package.json": '{"scripts": {"pretest": "npm run l", "l": "xo",\n"test": "vitest"}}'},
        [("lint", "package.json:1", []), ("test", "package.json:2", [])],
        id="pnpm-pre",
    ),
    pytest.param("tox", {"tox.ini": f"{TOX}[testenv:lint]\ncommands = - ruff check .\n"},
        [("test", "tox.ini:5", []), ("test", "tox.ini:5", []), ("lint", "tox.ini:7", ["dash"])],
        id="tox"),
    pytest.param(
        "tox -e lint",
        {"pyproject.toml": '[tool.tox.env.lint]\ncommands = [["ruff", "check", "."]]\n'},
        [("lint", "pyproject.toml:2", [])],
        id="tox-toml",
    ),
    pytest.param(
        "nox -s tests",
        {"noxfile.py": 'import nox\n@nox.session\ndef tests(s):\n    s.run("pytest", "-q")\n'},
        [("test", "noxfile.py:4", [])],
        id="nox",
    ),
    pytest.param(
        "nox -s tests",
        {
            "noxfile.py": NOX + '    words = ["pytest"]\n'
            '    if s.posargs:\n        words.append(f"-{s.posargs}")\n    s.run(*words)\n'
        },
        [("test", "noxfile.py:7", [])],
        id="nox-list",
    ),
    pytest.param(
        "nox -s tests",
        {"noxfile.py": NOX + '    s.run(*WORDS)\nWORDS = ["pytest", "-q"]\n'},
        [("test", "noxfile.py:4", [])],
        id="nox-list-of-the-module",
    ),
    pytest.param(
        "nox -s tests",
        {
            "noxfile.py": NOX + '    words = ["pytest"]\n'
            '    words += ["--collect-only"]\n    s.run(*words)\n'
        },
        [("test", "noxfile.py:6", ["selects_nothing"])],
        id="nox-list-that-grows",
    ),
    pytest.param(
        "nox -s tests",
        {"noxfile.py": NOX + '    words = ["pytest"]\n    words = ["echo"]\n    s.run(*words)\n'},
        [],
        id="nox-list-made-twice",
    ),
    pytest.param(
        "nox -s tests",
        {"noxfile.py": NOX + '    words = ["pytest"]\n    words[0] = "echo"\n    s.run(*words)\n'},
        [],
        id="nox-list-changed",
    ),
    pytest.param(
        "nox",
        {
            "noxfile.py": "import nox\n@nox.session(name='lint')\ndef f(s):\n"
            "    s.run('ruff', 'check', success_codes=[0, 1])\n"
        },
        [("lint", "noxfile.py:4", ["flag"])],
        id="nox-success-codes",
    ),
    pytest.param("just check", {"justfile": "check: lint\n    pytest\nlint:\n    -ruff check .\n"},
        [("lint", "justfile:4", ["dash"]), ("test", "justfile:2", [])], id="just"),
    pytest.param("task test", {"Taskfile.yml": "tasks:\n  test:\n    cmds:\n      - pytest\n"},
        [("test", "Taskfile.yml:4", [])], id="go-task"),
    pytest.param("poe lint", {"pyproject.toml": '[tool.poe.tasks]\nlint = "ruff check ."\n'},
        [("lint", "pyproject.toml:2", [])], id="poe"),
    pytest.param(
        "hatch run check",
        {"pyproject.toml": '[tool.hatch.envs.a.scripts]\ncheck = ["ruff check", "- pytest"]\n'},
        [("lint", "pyproject.toml:2", []), ("test", "pyproject.toml:2", ["dash"])],
        id="hatch",
    ),
    pytest.param(
        "pre-commit run --all-files",
        {PRE_COMMIT: "repos:\n- repo: x\n  hooks:\n  - id: ruff\n  - id: bandit\n"},
        [("lint", f"{PRE_COMMIT}:4", []), ("code_scan", f"{PRE_COMMIT}:5", [])],
        id="pre-commit",
    ),
    pytest.param(
        "pre-commit run",
        {".pre-commit-config.yaml": "repos:\n- repo: x\n  hooks:\n  - id: ruff\n"},
        [("lint", ".pre-commit-config.yaml:4", ["selects_nothing"])],
        id="pre-commit-nothing-staged",
    ),
    pytest.param("bash ci/test.sh", {"ci/test.sh": "#!/bin/bash\nruff check .\npytest\n"},
        [("lint", "ci/test.sh:2", ["status_lost"]), ("test", "ci/test.sh:3", [])], id="script"),
    pytest.param("./ci/test.sh", {"ci/test.sh": "#!/bin/bash -e\nruff check .\npytest\n"},
        [("lint", "ci/test.sh:2", []), ("test", "ci/test.sh:3", [])], id="script-minus-e"),
    pytest.param(
        "python ci/check.py",
        {"ci/check.py": "import subprocess\nsubprocess.run(['pytest', '-q'])\n"},
        [("test", "ci/check.py:2", ["status_lost"])],
        id="python-unchecked",
    ),
    pytest.param(
        "ruff check .",
        {"pyproject.toml": '[tool.ruff.lint]\nselect = ["E", "S"]\n'},
        [("lint", "ci.yml:7", []), ("code_scan", "ci.yml:7", [])],
        id="ruff-security-rules",
    ),
    pytest.param("ruff format --check .", {}, [], id="formatter"),
    pytest.param("pip install pytest bandit", {}, [], id="install"),
    pytest.param("semgrep scan --config auto", {}, [("code_scan", "ci.yml:7", ["report_only"])],
        id="semgrep-reports"),
    pytest.param("semgrep scan --config auto --error", {}, [("code_scan", "ci.yml:7", [])],
        id="semgrep-error"),
    pytest.param("pytest -k nothing", {"tests/test_a.py": "def test_answer(): ...\n"},
        [("test", "ci.yml:7", ["selects_nothing"])], id="k-nothing"),
    pytest.param("pytest -k answer", {"tests/test_a.py": "def test_answer(): ...\n"},
        [("test", "ci.yml:7", [])], id="k-something"),
    pytest.param("pytest -m 'not slow'", {"tests/test_a.py": "def test_answer(): ...\n"},
        [("test", "ci.yml:7", [])], id="m-not"),
    pytest.param("gcloud builds submit --config=cb.yaml .",
        {"cb.yaml": "steps:\n- name: python\n  entrypoint: pytest\n"},
        [("test", "cb.yaml:2", [])], id="cloud-build"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "files", "expected"), CASES)
def test_a_command_leads_to_its_tools(
    command: str, files: Mapping[str, str], expected: list[tuple[str, str, list[str]]]
) -> None:
    """Every runner is followed to the file and line of the tool."""
    assert found(followed(command, files)) == expected


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("make a", {"Makefile": "a:\n\tmake b\nb:\n\tmake a\n"}),
        ("npm run a", {"package.json": '{"scripts": {"a": "npm run b", "b": "npm run a"}}'}),
        ("./a.sh", {"a.sh": "./b.sh", "b.sh": "./a.sh"}),
        ("just a", {"justfile": "a: b\n    x\nb: a\n    y\n"}),
    ],
)
def test_a_circle_ends(command: str, files: Mapping[str, str]) -> None:
    """What leads back to itself is followed once."""
    assert found(followed(command, files)) == []


@pytest.mark.parametrize("name", ["Makefile", "package.json", "tox.ini", "noxfile.py", "justfile"])
def test_a_broken_file_is_no_crash(name: str) -> None:
    """A runner's file that cannot be read leads nowhere."""
    for command in ("make x", "npm test", "tox", "nox", "just"):
        assert found(followed(command, {name: "\0{[(\n\t<<<'\n:::="})) == []


@pytest.mark.parametrize(
    ("config", "effect", "model"),
    [
        pytest.param(
            "providers: [openai:gpt-4.1]\ntests:\n- assert: [{type: equals, value: a}]\n",
            Effect.STOPS, True, id="asserts",
        ),
        pytest.param("providers: [openai:gpt-4.1]\ntests: [{vars: {a: b}}]\n",
            Effect.NEVER_STOPS, True, id="no-assertion"),
        pytest.param("providers: [echo]\ntests:\n- assert: [{type: equals, value: a}]\n",
            Effect.STOPS, False, id="echo"),
    ],
)  # fmt: skip
def test_promptfoo_is_judged_by_its_configuration(
    config: str, effect: Effect, model: bool
) -> None:
    """Assertions make it fail; the provider `echo` is no model."""
    trace = followed("npx promptfoo@latest eval", {"promptfooconfig.yaml": config})
    judged = trace.runs[0].evaluation

    assert trace.runs[0].purpose is Purpose.EVALUATION
    assert judged is not None
    assert (judged.effect, judged.calls_model) == (effect, model)


def test_a_long_line_and_a_large_makefile_end_soon() -> None:
    """Size costs no more than reading."""
    rules = "".join(f"t{n}: t{n + 1}\n\techo {n}\n" for n in range(3_000))

    assert found(followed("make t0", {"Makefile": rules})) == []
    assert found(followed("x " * 200_000)) == []
