"""Tests that cannot fail and checks that look at nothing, and honest ones in other shapes."""

# ruff: noqa: E501 - tables read best unbroken

from collections.abc import Mapping

from tenken.readiness.probes.registry import Probe
from tests.readiness.adversary.ground import Case, changed
from tests.readiness.adversary.pipelines import HONEST, LINT, SCAN, TESTS
from tests.readiness.pipelines import GITHUB

TEST = "tests/test_answer.py"
CHECK = "assert answer() == 'hello'"


def tested(text: str) -> Case:
    """The honest pipeline over another test; lines are parted by ` / `."""
    files = {**HONEST, TEST: text.replace(" / ", "\n") + "\n"}
    return Case(id=f"test: {text}", probes=(TESTS,), files=files)


def beside(probe: Probe, more: Mapping[str, str]) -> Case:
    """The honest pipeline with settings of a tool."""
    return Case(id=f"with {dict(more)}", probes=(probe,), files={**HONEST, **more})


def line(probe: Probe, old: str, new: str) -> Case:
    """The honest pipeline with another command."""
    return Case(id=f"runs {new}", probes=(probe,), files=changed(HONEST, (GITHUB, old, new)))


CHEATS = (
    *map(tested, (
        f"import pytest / def test_a(): /     pytest.skip('later') /     {CHECK}", f"import pytest / @pytest.mark.xfail / def test_a(): /     {CHECK}",
        f"def test_a(): /     try: /         {CHECK} /     except AssertionError: /         pass", f"def test_a(): /     if False: /         {CHECK}",
        f"def test_a(): /     return /     {CHECK}", f"import contextlib / def test_a(): /     with contextlib.suppress(Exception): /         {CHECK}",
        "def test_a(): /     assert (answer() == 1, 'the same')", "def test_a(): /     assert len(answer()) >= 0", "def test_a(): /     for one in []: /         assert answer() == one",
        "def test_a(): /     expected = 1 /     assert expected == 1", "def test_a(): /     assert lambda: answer() == 1", f"def helper_a(): /     {CHECK}", "",
        f"import pytest / @pytest.mark.skipif(True, reason='later') / def test_a(): /     {CHECK}", "import pytest / @pytest.mark.parametrize('a', []) / def test_a(a): /     assert answer() == a",
        f"import os / import pytest / @pytest.mark.skipif(not os.getenv('RUN_ALL'), reason='slow') / def test_a(): /     {CHECK}",
        f"__test__ = False / def test_a(): /     {CHECK}", f"import unittest / raise unittest.SkipTest('later') / def test_a(): /     {CHECK}",
        f"import pytest / pytest.skip('later', allow_module_level=True) / def test_a(): /     {CHECK}",
    )),
    *(beside(TESTS, more) for more in (
        {"pytest.ini": "[pytest]\naddopts = --ignore=tests\n"}, {"pytest.ini": "[pytest]\naddopts = --collect-only\n"}, {"pytest.ini": "[pytest]\npython_files = check_*.py\n"},
        {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-k nothing_like_it"\n'}, {"setup.cfg": "[tool:pytest]\naddopts = -m nothing_like_it\n"},
        {"tests/conftest.py": 'collect_ignore_glob = ["*"]\n'}, {"conftest.py": "def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n"},
        {"tests/conftest.py": "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    for item in items:\n        item.add_marker(pytest.mark.skip)\n"},
    )),
    *(beside(LINT, more) for more in (
        {"ruff.toml": 'exclude = ["**"]\n'}, {"ruff.toml": "[lint]\nselect = []\n"}, {"pyproject.toml": '[tool.ruff.lint]\nignore = ["ALL"]\n'},
    )),
    line(LINT, "ruff check .", "ruff check nowhere"), line(SCAN, "bandit -r app", "bandit -r nowhere"), line(SCAN, "bandit -r app", "bandit -r app -x app"),
    Case(id="flake8 that leaves all out", probes=(LINT,), files={**changed(HONEST, (GITHUB, "ruff check .", "flake8")), ".flake8": "[flake8]\nexclude = .\n"}),
)  # fmt: skip
HONEST_CASES = (
    *map(tested, (
        f"import pytest / def test_a(): /     if not ready(): /         pytest.skip('later') /     {CHECK}", "import pytest / def test_a(): /     with pytest.raises(ValueError): /         answer()",
        f"def check(): /     {CHECK} /  / def test_a(): /     check()", "class TestAnswer: /     def test_a(self): /         assert answer()", "def test_a(client): /     client.get('/').assert_ok()",
        "import pytest / @pytest.mark.parametrize('a', [1, 2]) / def test_a(a): /     assert answer() == a", "def test_a(): /     for one in answers(): /         assert one",
    )),
    *(beside(TESTS, more) for more in (
        {"pytest.ini": "[pytest]\naddopts = --ignore=tests/slow -q\ntestpaths = tests\n"}, {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-m \'not slow\'"\n'},
        {"tests/conftest.py": 'collect_ignore_glob = ["old_*"]\n'}, {"conftest.py": "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    for item in items:\n        if 'slow' in item.keywords:\n            item.add_marker(pytest.mark.skip)\n"},
    )),
    beside(LINT, {"ruff.toml": 'exclude = ["migrations"]\n[lint]\nselect = ["E", "F"]\nignore = ["E501"]\n'}),
    line(LINT, "ruff check .", "ruff check app tests"), line(SCAN, "bandit -r app", "bandit -c pyproject.toml -r app -x app/old"),
)  # fmt: skip
