"""Published actions we know, as data: what they run, and which inputs take their effect away."""

from collections.abc import Mapping

from msgspec import Struct

from tenken.readiness.facts.pipeline import Purpose


class Action(Struct, frozen=True, kw_only=True):
    """An action in one of its uses."""

    purpose: Purpose
    tool: str
    hollow: tuple[tuple[str, str], ...] = ()
    """Inputs whose value makes a finding harmless, as (name, value)."""
    needs_input: tuple[str, str] | None = None
    """An input without which findings are only reported, as (name, value that fails)."""
    when: tuple[str, str] | None = None
    """Counts only where this input contains this word."""


def _one(purpose: Purpose, rows: str) -> dict[str, tuple[Action, ...]]:
    """Rows of `owner/name tool`, parted by commas; the tool may be left out."""
    made: dict[str, tuple[Action, ...]] = {}
    for row in rows.split(","):
        name, _, tool = row.strip().partition(" ")
        made[name] = (Action(purpose=purpose, tool=tool or name.rpartition("/")[2]),)
    return made


LINT = Purpose.LINT
LINTERS = {
    **_one(LINT, """
        github/super-linter super-linter, super-linter/super-linter super-linter,
        super-linter/super-linter/slim super-linter, oxsecurity/megalinter megalinter,
        golangci/golangci-lint-action golangci-lint, wearerequired/lint-action lint-action,
        reviewdog/action-eslint eslint, reviewdog/action-flake8 flake8,
        py-actions/flake8 flake8, chartboost/ruff-action ruff, dciborow/action-pylint pylint,
        trunk-io/trunk-action trunk,
    """),
    **_one(Purpose.TYPES, "jakebailey/pyright-action pyright, tsuyoshicho/action-mypy mypy"),
    "astral-sh/ruff-action": (
        Action(purpose=LINT, tool="ruff", hollow=(("args", "format"), ("args", "--exit-zero"))),
    ),
}  # fmt: skip
SCANNERS = {
    **_one(Purpose.CODE_SCAN, """
        github/codeql-action/analyze codeql, semgrep/semgrep-action semgrep,
        returntocorp/semgrep-action semgrep, PyCQA/bandit-action bandit,
        tj-actions/bandit bandit, mdegis/bandit-action bandit, securego/gosec gosec,
        SonarSource/sonarqube-scan-action sonar-scanner, ajinabraham/njsscan-action njsscan,
        SonarSource/sonarcloud-github-action sonar-scanner, snyk/actions/code snyk,
        checkmarx/ast-github-action checkmarx,
        veracode/veracode-pipeline-scan-action veracode,
        microsoft/security-devops-action ms-security-devops, Bearer/bearer-action bearer,
    """),
    "shundor/python-bandit-scan": (
        Action(purpose=Purpose.CODE_SCAN, tool="bandit", needs_input=("exit_zero", "false")),
    ),
    **_one(Purpose.DEPENDENCY_SCAN, """
        pypa/gh-action-pip-audit pip-audit, pyupio/safety-action safety,
        actions/dependency-review-action dependency-review, snyk/actions/python snyk,
        snyk/actions/node snyk, google/osv-scanner-action/osv-scanner-action osv-scanner,
        anchore/scan-action grype, rustsec/audit-check cargo-audit, snyk/actions/docker snyk,
        docker/scout-action docker-scout,
    """),
    "aquasecurity/trivy-action": (
        Action(purpose=Purpose.DEPENDENCY_SCAN, tool="trivy", needs_input=("exit-code", "1")),
    ),
    **_one(Purpose.SECRET_SCAN, """
        gitleaks/gitleaks-action gitleaks, zricethezav/gitleaks-action gitleaks,
        trufflesecurity/trufflehog trufflehog, GitGuardian/ggshield-action ggshield,
        GitGuardian/ggshield/actions/secret ggshield,
    """),
}  # fmt: skip
EVALUATORS = _one(Purpose.EVALUATION, """
    promptfoo/promptfoo-action promptfoo, braintrustdata/eval-action braintrust,
    microsoft/ai-agent-evals ai-agent-evals, langchain-ai/langsmith-evals-action langsmith,
    confident-ai/deepeval-action deepeval, Azure/genai-evals genai-evals,
    microsoft/genai-evals genai-evals,
""")  # fmt: skip
LOAD_TESTERS = _one(Purpose.LOAD_TEST, """
    grafana/run-k6-action k6, grafana/k6-action k6, artilleryio/action-cli artillery,
    Azure/load-testing azure-load-testing, apardo04/locust-github-action locust,
""")  # fmt: skip
DEPLOYERS = _one(Purpose.DEPLOY, """
    google-github-actions/deploy-cloudrun, google-github-actions/deploy-appengine,
    google-github-actions/deploy-cloud-functions,
    aws-actions/amazon-ecs-deploy-task-definition,
    google-github-actions/create-cloud-deploy-release, azure/container-apps-deploy-action,
    aws-actions/aws-cloudformation-github-deploy, azure/webapps-deploy,
    azure/functions-action, azure/k8s-deploy, azure/static-web-apps-deploy, azure/arm-deploy,
    azure/aci-deploy, amondnet/vercel-action, cloudflare/wrangler-action,
    johnbeynon/render-deploy-action, nwtgck/actions-netlify, akhileshns/heroku-deploy,
    appleboy/ssh-action ssh, FirebaseExtended/action-hosting-deploy,
    bervproject/railway-deploy, einaregilsson/beanstalk-deploy,
    aws-actions/aws-lambda-deploy, aws-actions/amazon-ecs-deploy-express-service,
    awslabs/aws-lambda-deploy, azure/appservice-actions, pulumi/actions pulumi,
    Azure/kubernetes-deploy, bitovi/github-actions-deploy-docker-to-ec2,
    hashicorp/tfc-workflows-github/actions/apply-run terraform,
    google-github-actions/ssh-compute ssh, garygrossgarten/github-action-ssh ssh,
    fifsky/ssh-action ssh, D3rHase/ssh-command-action ssh, easingthemes/ssh-deploy ssh,
    JimCronqvist/action-ssh ssh, Burnett01/rsync-deployments rsync, dokku/github-action dokku,
    digitalocean/app_action digitalocean, koyeb/action-git-deploy koyeb,
    caprover/deploy-from-github caprover, azure/webapps-container-deploy,
    nateraw/huggingface-sync-action huggingface, JacobLinCool/huggingface-sync huggingface,
""")  # fmt: skip
ACTIONS: Mapping[str, tuple[Action, ...]] = {
    name.lower(): actions
    for known in (LINTERS, SCANNERS, EVALUATORS, LOAD_TESTERS, DEPLOYERS)
    for name, actions in known.items()
}
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "pre-commit/action": ("pre-commit run --all-files {extra_args}",),
    "j178/prek-action": ("prek run --all-files",),
    "helmfile/helmfile-action": ("helmfile {helmfile-args}",),
    "superfly/flyctl-actions": ("flyctl {args}",),
    "azure/cli": ("{inlineScript}",),
    "nick-fields/retry": ("{command}",),
    "nick-invision/retry": ("{command}",),
    "biomejs/setup-biome": (),
    "cypress-io/github-action": ("cypress run",),
    "google-github-actions/get-gke-credentials": (),
    "hashicorp/setup-terraform": (),
}
"""Actions that run a command line made of their inputs."""
HARMLESS = ("actions/", "docker/", "astral-sh/setup-", "google-github-actions/", "aws-actions/",
            "azure/", "hashicorp/", "pnpm/", "oven-sh/", "denoland/", "github/codeql-action/",
            "snok/install-poetry", "abatilo/", "dorny/", "tj-actions/", "codecov/", "slackapi/",
            "peter-evans/", "dtolnay/", "helm/", "mamba-org/", "conda-incubator/", "8398a7/",
            "rtcamp/", "softprops/", "amannn/", "pypa/gh-action-pypi-publish", "sigstore/",
            "step-security/", "marocchino/", "stefanzweifel/", "mikepenz/",
            "anchore/sbom")  # fmt: skip
"""Set-up, caches, messages: nothing that checks or ships is hidden in them."""
STATIC_INPUTS = frozenset({
    "credentials_json", "aws-secret-access-key", "creds", "service_account_key", "client-secret",
})  # fmt: skip
STATIC_NAMES = ("AWS_SECRET_ACCESS_KEY", "GCP_SA_KEY", "GOOGLE_CREDENTIALS", "GCP_CREDENTIALS",
                "GCLOUD_SERVICE_KEY", "SERVICE_ACCOUNT_KEY", "AZURE_CREDENTIALS", "GCP_KEY",
                "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET", "GOOGLE_SERVICE_ACCOUNT_KEY",
                "GCP_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS_JSON",
                "SA_KEY")  # fmt: skip
"""Names under which long-lived cloud keys are usually kept."""
