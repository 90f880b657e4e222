"""CircleCI, Azure Pipelines and Jenkins: what runs, when, and what takes its effect away."""

# ruff: noqa: E501 - tables read best with one case a line

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.stability import (
    environments_are_deployed_by_cd,
    lint_runs_in_ci,
    security_scan_runs_in_ci,
    unit_tests_run_in_ci,
)
from tests.readiness.estates.survey import changed
from tests.readiness.pipelines import APPLICATION, survey_of

CIRCLE = """\
version: 2.1
commands:
  check:
    steps:
      - run: ruff check .
jobs:
  check:
    docker: [{image: cimg/python:3.13}]
    steps:
      - checkout
      - check
      - run:
          name: tests
          command: |
            pip install -r requirements.txt
            pytest
      - run: bandit -r app
  staging:
    docker: [{image: cimg/python:3.13}]
    steps:
      - run: gcloud run deploy desk-stg --image=$IMAGE
  production:
    docker: [{image: cimg/python:3.13}]
    steps:
      - run: gcloud run deploy desk-prod --image=$IMAGE
workflows:
  all:
    jobs:
      - check
      - staging: {requires: [check], filters: {branches: {only: main}}}
      - production: {requires: [staging], filters: {branches: {only: main}}}
"""
AZURE = """\
trigger: [main]
stages:
  - stage: check
    jobs:
      - job: check
        steps:
          - script: ruff check .
          - bash: |
              pip install -r requirements.txt
              pytest
          - script: bandit -r app
  - stage: staging
    jobs:
      - deployment: desk
        environment: staging
        strategy: {runOnce: {deploy: {steps: [{task: AzureWebApp@1, inputs: {appName: desk-stg}}]}}}
  - stage: production
    jobs:
      - deployment: desk
        environment: production
        strategy: {runOnce: {deploy: {steps: [{script: az containerapp up --name desk-prod}]}}}
"""
JENKINS = """\
pipeline {
  agent any // any { at all
  stages {
    stage('check') {
      steps {
        sh 'ruff check .'
        dir('app') {
          sh '''
            pip install -r requirements.txt
            cd .. && pytest
          '''
        }
        sh(script: "bandit -r app", label: 'scan')
      }
    }
  }
  post { always { sh 'true' } }
}
"""
ON_CIRCLE = {**APPLICATION, ".circleci/config.yml": CIRCLE}
ON_AZURE = {**APPLICATION, "azure-pipelines.yml": AZURE}
ON_JENKINS = {**APPLICATION, "Jenkinsfile": JENKINS}
CHECKS = (lint_runs_in_ci, unit_tests_run_in_ci, security_scan_runs_in_ci)


@pytest.mark.parametrize("probe", CHECKS, ids=lambda probe: str(probe.__name__))
def test_checks_that_run_and_can_fail(probe: object) -> None:
    """All three are found; what starts Jenkins is kept on its server."""
    assert callable(probe)
    assert probe(survey_of(ON_CIRCLE)).holding is Holding.HOLDS
    assert probe(survey_of(ON_AZURE)).holding is Holding.HOLDS
    assert probe(survey_of(ON_JENKINS)).holding is Holding.PARTLY


def test_environments_in_their_order() -> None:
    """Production after staging, started by a push."""
    assert environments_are_deployed_by_cd(survey_of(ON_CIRCLE)).holding is Holding.PARTLY
    assert environments_are_deployed_by_cd(survey_of(ON_AZURE)).holding is Holding.PARTLY


@pytest.mark.parametrize(
    ("files", "old", "new", "holding"),
    [
        (ON_CIRCLE, "pytest\n", "pytest || true\n", Holding.FAILS),
        (
            ON_CIRCLE,
            "          command: |",
            "          when: on_fail\n          command: |",
            Holding.FAILS,
        ),
        (
            ON_CIRCLE,
            "      - check\n      - staging",
            "      - check: {filters: {branches: {only: main}}}\n      - staging",
            Holding.PARTLY,
        ),
        (
            ON_CIRCLE,
            "      - check\n      - staging",
            "      - check: {filters: {branches: {ignore: /.*/}}}\n      - staging",
            Holding.FAILS,
        ),
        (
            ON_AZURE,
            "              pytest\n",
            "              pytest || true\n",
            Holding.FAILS,
        ),
        (
            ON_AZURE,
            "      - job: check\n",
            "      - job: check\n        continueOnError: true\n",
            Holding.FAILS,
        ),
        (
            ON_AZURE,
            "trigger: [main]",
            "trigger: none\npr: none",
            Holding.FAILS,
        ),
        (ON_AZURE, "trigger: [main]", "trigger: none", Holding.PARTLY),
        (
            ON_AZURE,
            "trigger: [main]",
            "trigger: [main]\npr: none",
            Holding.PARTLY,
        ),
        (
            ON_AZURE,
            "- stage: check\n",
            "- stage: check\n    condition: eq(variables['full'], 'yes')\n",
            Holding.UNKNOWN,
        ),
        (ON_JENKINS, "&& pytest", "&& pytest || true", Holding.FAILS),
        (ON_JENKINS, "dir('app') {", "catchError {", Holding.FAILS),
        (ON_JENKINS, "          sh '''", "          // sh '''", Holding.FAILS),
        (ON_JENKINS, "stage('check') {", "post {", Holding.NOT_VISIBLE),
    ],
)
def test_tests_without_an_effect(
    files: dict[str, str], old: str, new: str, holding: Holding
) -> None:
    """Swallowed, never started, narrowed, in a comment, or after everything is decided."""
    spoiled = changed(files, old, new)

    assert unit_tests_run_in_ci(survey_of(spoiled)).holding is holding


def test_a_status_that_is_handed_back_decides_nothing() -> None:
    """`returnStatus` lets the step succeed whatever the scan said."""
    back = JENKINS.replace("label: 'scan'", "returnStatus: true")

    assert (
        security_scan_runs_in_ci(survey_of({**ON_JENKINS, "Jenkinsfile": back})).holding
        is Holding.FAILS
    )
