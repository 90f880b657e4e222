"""Small repositories whose pipelines are honest, in the formats of three forges, to be spoiled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import dedent

from tenken.place import Place
from tenken.readiness.collectors.pipeline.collect import collect
from tenken.readiness.facts.code import Assertion, CodeFacts, Prompt, PromptSource, TestCase
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GITHUB = ".github/workflows/ci.yml"
GITLAB = ".gitlab-ci.yml"
BUILD = "cloudbuild.yaml"

EVALUATION = dedent("""\
    import json
    import sys

    from openai import OpenAI

    client = OpenAI()
    rows = [json.loads(line) for line in open("evals/golden.jsonl")]


    def score(row):
        answer = client.chat.completions.create(model="gpt-4.1-mini", messages=row["messages"])
        return answer.choices[0].message.content == row["expected"]


    rate = sum(score(row) for row in rows) / len(rows)
    if rate < 0.9:
        sys.exit(1)
""")
APPLICATION: Mapping[str, str] = {
    "app/main.py": "def answer():\n    return 'hello'\n",
    "app/prompts/reply.prompt": "You answer.\n",
    "tests/test_answer.py": "def test_answer():\n    assert answer() == 'hello'\n",
    "evals/run.py": EVALUATION,
    "evals/golden.jsonl": '{"messages": [], "expected": "yes"}\n' * 3,
}
CI_ON_GITHUB = dedent("""\
    name: ci
    on:
      pull_request:
      push:
        branches: [main]
    jobs:
      lint:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v5
          - run: ruff check .
      test:
        runs-on: ubuntu-latest
        steps:
          - run: |
              pip install -r requirements.txt
              pytest
      scan:
        runs-on: ubuntu-latest
        steps:
          - run: bandit -r app
""")
CD_ON_GITHUB = dedent("""\
    name: cd
    on:
      push:
        branches: [main]
    jobs:
      dev:
        environment: dev
        env: {STAGE: dev}
        steps:
          - run: gcloud run deploy desk-$STAGE --image=$IMAGE
      stg:
        needs: dev
        environment: stg
        env: {STAGE: stg}
        steps:
          - run: gcloud run deploy desk-$STAGE --image=$IMAGE
      evaluate:
        needs: stg
        steps:
          - run: python evals/run.py --url https://desk-stg.example.com
      prod:
        needs: [evaluate]
        environment: prod
        env: {STAGE: prod}
        steps:
          - run: gcloud run deploy desk-$STAGE --image=$IMAGE
""")
CI_ON_GITLAB = dedent("""\
    stages: [check, dev, stg, evaluate, prod]
    .python:
      image: python:3.13
      before_script: [pip install -r requirements.txt]
    lint:
      extends: .python
      stage: check
      script: [ruff check .]
    test:
      extends: .python
      stage: check
      script:
        - pytest
    scan:
      extends: .python
      stage: check
      script: [bandit -r app]
    deploy-dev:
      stage: dev
      environment: {name: dev}
      script: [gcloud run deploy desk-$CI_ENVIRONMENT_NAME --image=$IMAGE]
      rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
    deploy-stg:
      stage: stg
      environment: stg
      script: [gcloud run deploy desk-$CI_ENVIRONMENT_NAME --image=$IMAGE]
      rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
    evaluate:
      stage: evaluate
      script: [python evals/run.py --url https://desk-stg.example.com]
      rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
    deploy-prod:
      stage: prod
      environment: prod
      script: [gcloud run deploy desk-$CI_ENVIRONMENT_NAME --image=$IMAGE]
      rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
""")
CLOUD_BUILD = dedent("""\
    steps:
      - name: python:3.13
        entrypoint: bash
        args: [-ec, "pip install -r requirements.txt && ruff check ."]
      - name: python:3.13
        script: |
          #!/usr/bin/env bash
          pytest
      - name: python:3.13
        entrypoint: bandit
        args: [-r, app]
      - name: gcr.io/google.com/cloudsdktool/cloud-sdk
        entrypoint: gcloud
        args: [run, deploy, desk-stg, --image=$_IMAGE]
      - name: python:3.13
        entrypoint: python
        args: [evals/run.py, --url, "https://desk-stg.example.com"]
      - name: gcr.io/google.com/cloudsdktool/cloud-sdk
        entrypoint: gcloud
        args: [run, deploy, desk-prod, --image=$_IMAGE]
""")
TRIGGERS = dedent("""\
    resource "google_cloudbuild_trigger" "main" {
      name     = "main"
      filename = "cloudbuild.yaml"
      github {
        owner = "example"
        name  = "desk"
        push { branch = "^main$" }
      }
    }

    resource "google_cloudbuild_trigger" "request" {
      name     = "request"
      filename = "cloudbuild.yaml"
      github {
        owner = "example"
        name  = "desk"
        pull_request { branch = "^main$" }
      }
    }
""")
ON_GITHUB: Mapping[str, str] = {
    **APPLICATION, GITHUB: CI_ON_GITHUB, ".github/workflows/cd.yml": CD_ON_GITHUB,
}  # fmt: skip
ON_GITLAB: Mapping[str, str] = {**APPLICATION, GITLAB: CI_ON_GITLAB}
ON_CLOUD_BUILD: Mapping[str, str] = {
    **APPLICATION, BUILD: CLOUD_BUILD, "infra/triggers.tf": TRIGGERS,
}  # fmt: skip
CODE = CodeFacts(
    prompts=(Prompt(place=Place("app/prompts/reply.prompt", 1), source=PromptSource.FILE),),
    tests=(
        TestCase(
            place=Place("tests/test_answer.py", 1), name="test_answer", assertion=Assertion.REAL
        ),
    ),
)


def spoiled(files: Mapping[str, str], path: str, old: str, new: str) -> dict[str, str]:
    """The same repository with one piece of text replaced."""
    assert old in files[path], f"{old!r} is not in {path}"
    return {**files, path: files[path].replace(old, new)}


def facts_of(files: Mapping[str, str]) -> PipelineFacts:
    """What the collector says of a repository in memory."""
    return collect(FakeTree(files))


def survey_of(
    files: Mapping[str, str], *, code: CodeFacts = CODE, remote: str | None = None
) -> Survey:
    """A survey whose pipelines are read from files, and whose code is given."""
    tree = FakeTree(files)
    return Survey(
        now=NOW,
        tree=tree,
        repository=RepositoryFacts(is_git=True, branch="main", remote=remote),
        pipeline=collect(tree, remote=remote),
        infrastructure=InfrastructureFacts(),
        monitoring=MonitoringFacts(),
        code=code,
        documents=DocumentFacts(),
        manifest=None,
    )
