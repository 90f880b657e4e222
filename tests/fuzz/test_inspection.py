"""Any small folder gives a report: no collector crashes, no probe ends as an error."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenken.cli.checklist import whole_catalogue
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.collectors.tree import DiskTree
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.inspection import Grounds, verdicts, weigh_own
from tenken.readiness.probes.registry import probes
from tenken.readiness.run import Run, run_probes
from tenken.readiness.verdict import Outcome
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATALOGUE = whole_catalogue(())
YAML = ("a: ", "- ", "  ", "{", "}", "[", "]", "'", '"', "|\n", "&a ", "*a", "!x ", "---\n", "1")
JSON = ("{", "}", "[", "]", ":", ",", '"a"', '"', "1", "null", "-")
PLAIN = ("a", "=", ":", "(", ")", "[", "]", "{", "}", "'", '"', "#", "\\", "$", "  ", "\x00")
CODE = (
    "import openai\n", "client = openai.OpenAI(", ")\n", "client.chat.completions.create(",
    "timeout=",
    "def f(x):\n", "  ", "return ", "f(", "class A:\n", "try:\n", "except Exception:\n", "pass\n",
    "@app.post('/a')\n",
    "from fastapi import FastAPI\n", "app = FastAPI()\n", "{'role': 'system', 'content': ", "}",
    "f'{x}'", "x = ", "[",
    "]", "**x", "lambda: ", "await ", "async ", "1", "'a'",
)  # fmt: skip
KINDS: Mapping[str, tuple[str, ...]] = {
    "app/a.py": CODE,
    "app/b.py": ("from app.a import f\n", "from app import b\n", *CODE),
    "tests/test_a.py": ("def test_a():\n", "  assert ", "True\n", "mock", *CODE),
    "evals/run.py": ("for row in rows:\n", "score(", *CODE),
    ".github/workflows/ci.yml": (
        "on: ", "push", "jobs:\n", "  a:\n", "    steps:\n", "    - run: ", "uses: ", "if: ",
        "${{ ", " }}", "|| true",
        "needs: ", "matrix: ", "continue-on-error: true", "environment: production", *YAML,
    ),
    ".gitlab-ci.yml": (
        "stages:\n", "job:\n", "  script: ", "rules:\n", "extends: ", "include: ", "!reference [",
        *YAML,
    ),
    "cloudbuild.yaml": (
        "steps:\n", "- name: ", "  args: ", "  waitFor: ", "substitutions: ", *YAML,
    ),
    "Makefile": (
        "a: b\n", "\t", "@-", "$(MAKE) ", "include x\n", ".PHONY: ", "ifdef X\n", "endif\n",
        "\\\n", *PLAIN,
    ),
    "Dockerfile": ("FROM x AS y\n", "RUN ", "CMD [", "ENV A=", "COPY ", "\\\n", "ARG ", *PLAIN),
    "docker-compose.yml": (
        "services:\n", "  a:\n", "    image: ", "    environment:\n", "    deploy: ", *YAML,
    ),
    "k8s/a.yaml": (
        "apiVersion: apps/v1\n", "kind: Deployment\n", "spec:\n", "  template:\n", "metadata: ",
        *YAML,
    ),
    "chart/values.yaml": YAML,
    "chart/templates/a.yaml": (
        "{{ .Values.a }}", "{{- if ", "{{ end }}", "kind: Deployment\n", *YAML,
    ),
    "main.tf": (
        'resource "google_cloud_run_v2_service" "a" {\n', "}\n", "x = ", "var.", "${", "[",
        "for a in b : ", "dynamic ", *PLAIN,
    ),
    "main.bicep": (
        "resource a 'Microsoft.App/containerApps@2024-03-01' = {\n", "}\n", "param x string\n",
        "[for ", *PLAIN,
    ),
    "task-definition.json": ('"containerDefinitions"', '"image"', *JSON),
    "src/a.ts": (
        "import OpenAI from 'openai';\n", "new OpenAI(", "openai.chat.completions.create(", "=>",
        "`", "<a>", *PLAIN,
    ),
    "pyproject.toml": (
        "[tool.pytest]\n", "[project]\n", "dependencies = [", "'openai>=1'", "[[a]]\n", *PLAIN,
    ),
    "tox.ini": ("[testenv]\n", "commands = ", "{posargs}", "deps = -r", *PLAIN),
    "package.json": ('"scripts"', '"test"', '"dependencies"', *JSON),
    "requirements.txt": ("openai==1\n", "-r x\n", "--hash=", "a[b]>=1;c\n", *PLAIN),
    ".pre-commit-config.yaml": ("repos:\n", "- repo: ", "  hooks:\n", "  - id: ", *YAML),
    "run.sh": (
        "if ", "then ", "fi\n", "|| true\n", "set -e\n", "$(", "<<EOF\n", "EOF\n",
        "gcloud run deploy ", "--set-env-vars ", *PLAIN,
    ),
    "README.md": (
        "# ", "| a | b |\n", "|---|---|\n", "- ", "[x](y)", "```mermaid\n", "```\n", "<!--", "-->",
        "2026-01-01", "owner: ", "点検",
    ),
    "docs/failure-scenarios.md": (
        "# シナリオ\n", "| id | impact | runbook |\n", "|--|--|--|\n", "| 1 | 10% | [x](y) |\n",
        "TBD", "- ",
    ),
    "docs/models.yaml": ("models:\n", "- name: gpt\n", "  sla: ", "  retires: 2026-01-01", *YAML),
    "docs/a.mmd": ("graph TD\n", "a --> b\n", "subgraph a\n", "end\n", *PLAIN),
    "evals/golden.jsonl": ('{"input": "a", "expected": "b"}\n', *JSON, "\n"),
    "evals/golden.csv": ("input,expected\n", "a,b\n", '"', ",", "\n"),
    "a.ipynb": ('{"cells": [', '{"cell_type": "code", "source": [', '"import openai\\n"', *JSON),
    "junit.xml": (
        "<testsuite tests='1'>", "<testcase name='a'>", "<failure/>", "</testcase>",
        "</testsuite>", "<!DOCTYPE a>", "&a;",
    ),
    "results.sarif": ('"runs"', '"results"', '"version"', *JSON),
    "slo.yaml": ("apiVersion: openslo/v1\n", "kind: SLO\n", "spec:\n", "  objectives:\n", *YAML),
    "alerts.yaml": (
        "groups:\n", "- name: a\n", "  rules:\n", "  - alert: a\n", "    expr: a > 1\n",
        "    for: 5m\n", *YAML,
    ),
    "alertmanager.yml": ("route:\n", "  receiver: a\n", "receivers:\n", "- name: a\n", *YAML),
    "grafana/a.json": ('"panels"', '"targets"', '"expr"', *JSON),
    "prompts/a.prompt": ("---\n", "model: ", "{{a}}", "{{#if a}}", "{{role 'system'}}", *YAML),
}  # fmt: skip


def _text(path: str) -> st.SearchStrategy[tuple[str, str]]:
    pieces = st.sampled_from((*KINDS[path], "\n", " ")) | st.text(max_size=4)
    return st.lists(pieces, max_size=25).map(lambda found: (path, "".join(found)))


FOLDERS = st.lists(st.sampled_from(sorted(KINDS)).flatmap(_text), min_size=1, max_size=8).map(dict)


# A whole inspection takes a tenth of a second: `make fuzz` has to end.
@settings(
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=min(settings().max_examples, 2_000),
)
@given(FOLDERS)
def test_any_small_folder_gives_a_report(files: Mapping[str, str]) -> None:
    """What cannot be understood is a problem with a place, and never an error of ours."""
    opened = Opened(
        root=Path("/nowhere"),
        tree=cast("DiskTree", FakeTree(files)),
        repository=RepositoryFacts(is_git=False),
        git=None,
    )

    survey, crashes = take_survey(opened, None, NOW)
    run = Run(catalogue=CATALOGUE, probes=probes(), subjects={}, told=lambda _: None)
    judged = verdicts(CATALOGUE, Grounds(weighed=weigh_own(run_probes(run, survey))), NOW)

    assert crashes == ()
    assert [one.item for one in judged if one.outcome is Outcome.ERROR] == []
