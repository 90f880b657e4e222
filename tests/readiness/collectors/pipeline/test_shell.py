"""Shell lines: which commands they run, and whose failure counts."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.readiness.collectors.pipeline.commands.status import Options, commands_of
from tenken.readiness.collectors.shell import lex

WORDS = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6)
SHELLISH = st.text(alphabet=st.sampled_from("ab \t\n;&|()<>'\"\\$`{}#!=-0if then fi do done[]"))


def kinds(text: str, *, errexit: bool = True) -> dict[str, list[str]]:
    """For each command its program, and what takes its status away."""
    commands = commands_of(text, Options(errexit=errexit))
    return {it.words[0]: [mask.kind.value for mask in it.masks] for it in commands}


@given(WORDS)
def test_quoted_words_come_back(words: list[str]) -> None:
    """What the standard library quotes is read as the same words."""
    tokens = lex(shlex.join(words))

    assert [token.text for token in tokens if not token.is_operator] == words


@given(st.one_of(st.text(), SHELLISH))
def test_no_text_is_too_strange(text: str) -> None:
    """Any text gives commands with at least one word, and nothing is raised."""
    commands = commands_of(text, Options())

    assert all(it.words for it in commands)


@pytest.mark.parametrize("text", ["(" * 10_000, "a() " * 5_000, "if " * 5_000, "$(" * 5_000])
def test_a_bottomless_nest_ends(text: str) -> None:
    """Depth costs neither the stack nor the time."""
    assert isinstance(commands_of(text, Options()), tuple)


@pytest.mark.parametrize(
    ("text", "program", "masks"),
    [
        pytest.param("pytest", "pytest", [], id="alone"),
        pytest.param("pytest || exit 1", "pytest", [], id="or-exit"),
        pytest.param("pytest || { echo no; exit 1; }\nx", "pytest", [], id="or-braces-exit"),
        pytest.param("pytest || true", "pytest", ["or_true"], id="or-true"),
        pytest.param("pytest || pytest --lf", "pytest", [], id="once-more"),
        pytest.param("(pytest || exit 1) || true", "pytest", ["or_true"], id="subshell"),
        pytest.param("ruff . && pytest\necho ok", "ruff", ["status_lost"], id="left-of-and"),
        pytest.param("ruff . && pytest", "ruff", [], id="left-of-and-last"),
        pytest.param("if ! pytest; then exit 1; fi\nx", "pytest", [], id="if-not-exit"),
        pytest.param("if pytest; then x; fi", "pytest", ["status_lost"], id="if"),
        pytest.param("if pytest; then x; else exit 1; fi", "pytest", [], id="else-exit"),
        pytest.param("set +e\npytest\nc=$?\nx\nexit $c", "pytest", [], id="status-kept"),
        pytest.param("set +e\npytest\nx", "pytest", ["set_plus_e"], id="set-plus-e"),
        pytest.param("set -o pipefail\npytest | tee x", "pytest", [], id="pipefail"),
        pytest.param("pytest | tee x", "pytest", ["status_lost"], id="pipe"),
        pytest.param(
            "pytest | tee x\nc=${PIPESTATUS[0]}\nrm y\nexit $c", "pytest", [], id="pipe-kept"
        ),
        pytest.param("pytest | tee x\nexit ${PIPESTATUS[0]}", "pytest", [], id="pipe-given-back"),
        pytest.param(
            "pytest | tee x\nc=${PIPESTATUS[0]}\necho $c",
            "pytest",
            ["status_lost"],
            id="pipe-only-shown",
        ),
        pytest.param(
            "pytest | tee x\nc=${PIPESTATUS[1]}\nexit $c",
            "pytest",
            ["status_lost"],
            id="pipe-other-part",
        ),
        pytest.param(
            "if pytest | tee x; then y; fi\nexit ${PIPESTATUS[0]}",
            "pytest",
            ["status_lost", "status_lost"],
            id="pipe-in-a-condition",
        ),
        pytest.param("A=$(pytest)", "pytest", [], id="assigned"),
        pytest.param("echo $(pytest)", "pytest", ["status_lost"], id="printed"),
        pytest.param("t() { pytest; }\nt || true", "pytest", ["or_true"], id="function"),
        pytest.param("exit 0\npytest", "pytest", ["never"], id="after-exit"),
        pytest.param("for x in 1 2; do pytest; done", "pytest", [], id="loop"),
        pytest.param("case $X in a) pytest ;; esac", "pytest", ["condition"], id="case"),
        pytest.param("[[ -n $X && -f y ]] && pytest", "pytest", [], id="test-words"),
    ],
)
def test_whose_failure_counts(text: str, program: str, masks: list[str]) -> None:
    """The rules of `bash -e`, one by one."""
    assert kinds(text)[program] == masks


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("ruff .\npytest", ["status_lost"]),
        ("set -e\nruff .\npytest", []),
        ("ruff . || exit 1\npytest", []),
        ("ruff .\nexit 0", ["exit_zero"]),
        ("ruff . | tee x\nc=${PIPESTATUS[0]}\ncat x\nexit $c", []),
        ("cat x | ruff .\nc=${PIPESTATUS[0]}\nexit $c", ["status_lost"]),
    ],
)
def test_a_script_without_minus_e(text: str, masks: list[str]) -> None:
    """Without `-e` only the last command decides."""
    assert kinds(text, errexit=False)["ruff"] == masks


ASSERTS = "import json; told = json.load(open('x.json')); assert told['recall'] >= 0.8"


@pytest.mark.parametrize(
    ("after", "masks"),
    [
        (f'python -c "{ASSERTS}"', []),
        ("jq -e '.recall > 0.8' x.json", []),
        ("jq --exit-status .passed x.json\nls", []),
        (f'python -c "{ASSERTS}" || true', ["status_lost"]),
        (f'python -c "{ASSERTS.replace("x.json", "y.json")}"', ["status_lost"]),
        (f'python -c "{ASSERTS.partition("; assert")[0]}"', ["status_lost"]),
        (f'python -c "{ASSERTS.partition("told[")[0]}True"', ["status_lost"]),
        ("jq .recall x.json", ["status_lost"]),
        ("cat x.json", ["status_lost"]),
    ],
)
def test_what_tee_wrote_is_asserted_next(after: str, masks: list[str]) -> None:
    """Half a file is no JSON: the next command fails for the one before it."""
    assert kinds(f"pytest | tee x.json\n{after}")["pytest"] == masks


def test_without_minus_e_only_the_end_counts() -> None:
    """The assertion fails, and the script goes on."""
    text = f'ruff . | tee x.json\npython -c "{ASSERTS}"\nls'

    assert "status_lost" in kinds(text, errexit=False)["ruff"]


def test_here_documents_and_redirections_are_no_words() -> None:
    """What is written to a file is not run."""
    text = "cat <<EOF > out.txt 2>&1\npytest || true\nEOF\nruff check . >> log"

    assert [it.words for it in commands_of(text, Options())] == [("cat",), ("ruff", "check", ".")]


def test_folders_are_followed() -> None:
    """`cd` lasts until the end of the list, and of a subshell no longer."""
    commands = commands_of("cd app && make\n(cd web; npm test)\nls\ncd $X\nmake", Options())

    assert [it.folder for it in commands] == ["app", "app/web", "app", "?"]


def test_an_expression_of_the_forge_is_one_word() -> None:
    """`||` inside `${{ }}` is not the shell's."""
    commands = commands_of("run ${{ inputs.a || 'b c' }} && x", Options())

    assert commands[0].words == ("run", "${{ inputs.a || 'b c' }}")
