"""Folders made to hurt an inspection, and the inspection of one as a process that is bounded."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from tests.readiness.repositories import git

DEEP = 100_000
LONG = 10_000_000
MEMORY = 2_000_000_000  # addresses, not resident: shared libraries count
CPU_S = 60  # honest folders need one

Files = Mapping[str, str]


class Ended(Struct, frozen=True, kw_only=True):
    """How an inspection ended."""

    code: int
    out: str
    told: str

    @property
    def report(self) -> dict[str, object]:
        """Give the report, where one was asked for as JSON."""
        report: dict[str, object] = json.loads(self.out)
        return report


def inspected(folder: Path, *arguments: str, path: str | None = None) -> Ended:
    """Run `tenken check` with bounded memory and time; a killed process has a negative code."""
    environment = {**os.environ, "TENKEN_DEBUG": ""}  # noqa: TID251 - tests are at the rim
    if path is not None:
        environment["PATH"] = path
    script = "import sys; from tenken.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "--lang", "en", "check", str(folder)]
    done = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        check=False,
        env=environment,
        preexec_fn=_bounded,
    )
    out, told = (stream.decode("utf-8", "strict") for stream in (done.stdout, done.stderr))
    return Ended(code=done.returncode, out=out, told=told)


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))


def tracked(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a repository of files whose content may be anything."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "first")
    return folder


DEEPER: Files = {
    "app/brackets.py": "x = " + "(" * DEEP + ")" * DEEP,
    "app/signs.py": "import openai\nx = " + "-" * DEEP + "1",
    "app/path.py": "import openai\nx = " + "a." * DEEP + "b\n",
    "app/sum.py": "import openai\nx = " + "+".join(["1"] * DEEP),
    "app/calls.py": "import openai\nx = f" + ".g()" * 5_000,
    "app/chain.py": "import openai\n" + "".join(f"x{n} = x{n + 1}\n" for n in range(5_000)),
    "app/rounds.py": "import openai\n"
    + "".join(f"def f{n}(x): return f{n + 1}(x)\n" for n in range(5_000)),
    ".github/workflows/a.yml": "[" * DEEP,
    ".github/workflows/b.yml": "a:\n" + "".join(" " * n + "- \n" for n in range(2_000)),
    ".gitlab-ci.yml": "{" * DEEP,
    "cloudbuild.yaml": "- " * DEEP,
    "k8s/a.yaml": "a: " * DEEP,
    "docs/x.json": '{"a":' * DEEP,
    "evals/golden.jsonl": "[" * DEEP + "\n",
    "a.tf": "a = " + "[" * DEEP,
    "b.tf": 'a "b" {\n' * DEEP,
    "c.tf": 'x = "' + '${"' * DEEP,
    "docs/a.md": ">" * DEEP,
    "docs/b.md": "| a " * DEEP + "\n" + "|-" * DEEP,
    "docs/c.md": "```\n" * DEEP,
    "run.sh": "if true; then " * DEEP,
    "x.sh": "$(" * DEEP,
    "Makefile": "a: b\n\t" + "$(" * DEEP,
    "Dockerfile": "FROM x\nRUN " + "(" * DEEP,
    "docker-compose.yml": "services: " + "{a: " * DEEP,
    "pyproject.toml": "a = " + "[" * DEEP,
    "tox.ini": "[testenv]\ncommands = " + "{" * DEEP,
    "src/a.ts": "import OpenAI from 'openai'; x = " + "(" * DEEP,
    "src/b.tsx": "import OpenAI from 'openai'; " + "<a>" * DEEP,
    "main.bicep": "x " + "{" * DEEP,
    "n.ipynb": '{"cells":' + "[" * DEEP,
    "junit.xml": "<testsuite>" * DEEP,
    "results.sarif": '{"runs":' + "[" * DEEP,
    "docs/a.mmd": "graph TD\n" + "subgraph a\n" * DEEP,
    "docs/p.puml": "@startuml\n" + "package {\n" * DEEP,
    "prompts/a.prompt": "---\na: " + "[" * DEEP,
    "tests/test_a.py": "def test_a():\n assert " + "(" * DEEP,
}
LONGER: Files = {
    "app/a.py": "import openai\nx = '" + "a" * LONG + "'",
    "a.yaml": "a: " + "b" * LONG,
    ".github/workflows/a.yml": "on: push\njobs: " + "b" * LONG,
    "a.json": '{"a":"' + "b" * LONG + '"}',
    "main.tf": 'x = "' + "a" * LONG + '"',
    "docs/a.md": "| a " * (LONG // 4),
    "run.sh": "echo " + "a " * (LONG // 2),
    "Makefile": "a: " + "b " * (LONG // 2),
    "evals/golden.jsonl": '{"input":"' + "a" * LONG + '"}',
    "evals/golden.csv": "a," * (LONG // 2),
    "Dockerfile": "RUN " + "a " * (LONG // 2),
    "src/a.ts": "import OpenAI from 'openai';" + "a+" * (LONG // 2),
    "main.bicep": "var x = '" + "a" * LONG + "'",
    "pyproject.toml": "a = '" + "b" * LONG + "'",
    "requirements.txt": "a" * LONG,
    "junit.xml": "<testsuite name='" + "a" * LONG + "'/>",
    "results.sarif": '{"version":"' + "a" * LONG,
    "docker-compose.yml": "services: {a: '" + "b" * LONG + "'}",
    "docs/x.mmd": "graph TD; " + "a-->b;" * (LONG // 6),
}
# As long as readers still read: the bound on size must not be all that holds.
JUST_READ: Files = {name: text[:190_000] for name, text in LONGER.items()}
BROKEN: Files = {
    "app/a.py": "import openai\ndef f(:\n",
    "a.yaml": "a: [b\n c: d: e",
    "deploy.json": '{"a": }',
    "main.tf": 'resource "a" {{{',
    "docs/a.md": "| a\n|--\n[x](\n```",
    "run.sh": "if then fi (",
    "Makefile": "a b c\n\t$(",
    "evals/golden.jsonl": "{not json}\n",
    "evals/golden.csv": 'a,"b\nc',
    "Dockerfile": "FRM x\nRUN \\",
    "src/a.ts": "import OpenAI from 'openai' class {{{",
    "main.bicep": "resource {{{",
    ".github/workflows/a.yml": "on: [push\njobs: }",
    ".github/workflows/b.yml": "- 1\n- 2",
    ".github/workflows/c.yml": "jobs: 3",
    ".github/workflows/d.yml": (
        "on: push\njobs:\n  a: [1]\n  b: null\n  c:\n    steps: 4\n  d:\n"
        "    steps: [1, null, {run: [1]}]\n    needs: {a: 1}\n"
    ),
    ".gitlab-ci.yml": "a: b: c",
    "cloudbuild.yaml": "steps: {a: 1}",
    "pyproject.toml": "[a\nb",
    "tox.ini": "x\n[",
    "docker-compose.yml": "services: [1]",
    "k8s/a.yaml": "apiVersion: v1\nkind: Deployment\nspec: 3",
    "junit.xml": "<a",
    "results.sarif": "{",
    "package.json": "[1]",
    ".pre-commit-config.yaml": "repos: 3",
    "prompts/a.prompt": "---\n: [\n---\n{{",
    "grafana/d.json": '{"panels": 3}',
    "openslo.yaml": "apiVersion: openslo/v1\nkind: SLO\nspec: []",
    "alerts.yaml": "groups:\n- rules: 3",
    "kustomization.yaml": "resources: 3",
    "tests/test_a.py": "def test_a(:",
}
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 20)
)
BOMBS: Files = dict.fromkeys(
    (".github/workflows/a.yml", ".gitlab-ci.yml", "k8s/a.yaml", "docs/models.yaml"), BOMB
)
