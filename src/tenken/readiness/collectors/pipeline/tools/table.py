"""The tools we know, as data: what each is run for, and which flags make it run for nothing.

A row matches a program and the words that must follow it. Rows are looked up by program, and the
first that matches for a purpose counts; a program with no row is not a tool.
"""

from collections.abc import Mapping

from msgspec import Struct

from tenken.readiness.facts.pipeline import NeutraliserKind, Purpose


class Tool(Struct, frozen=True, kw_only=True):
    """A program in one of its uses."""

    program: str
    purpose: Purpose
    words: tuple[str, ...] = ()
    """Words that follow the program, options left out; empty for none needed."""
    any_of: frozenset[str] = frozenset()
    """At least one of these stands anywhere on the line."""
    none_of: frozenset[str] = frozenset()
    """With one of these it does something else."""
    reports_only_without: frozenset[str] = frozenset()
    """Without one of these a finding is printed and the status stays 0."""
    name: str = ""
    """Shown in place of the program."""

    @property
    def label(self) -> str:
        """What a person calls it."""
        return self.name or " ".join((self.program, *self.words))


def _tools(purpose: Purpose, rows: str) -> tuple[Tool, ...]:
    """Rows of plain tools, parted by commas: the program and the words that must follow."""
    made = []
    for row in rows.split(","):
        if not row.strip():
            continue
        program, *words = row.split()
        made.append(Tool(program=program, purpose=purpose, words=tuple(words)))
    return tuple(made)


LINTERS = (
    *_tools(Purpose.LINT, """
        flake8, pylint, pyflakes, pycodestyle, pylama, prospector, eslint, biome check, biome
        lint, biome ci, oxlint, xo, tslint, next lint, ng lint, deno lint, golangci-lint,
        staticcheck, go vet, cargo clippy, rubocop, detekt, ktlint, phpcs, phpstan,
        swiftlint, dotnet format, ruff check, ruff lint, ultracite check, ultracite lint,
        standard, vp lint, vp check, hatch fmt, pants lint,
    """),
    # `ruff .` was the form before 0.1; `ruff format` puts white space in order and is no linter.
    Tool(program="ruff", purpose=Purpose.LINT, none_of=frozenset({
        "format", "check", "rule", "config", "clean", "version", "server", "linter", "analyze",
    }), any_of=frozenset({"."}), name="ruff"),
)  # fmt: skip
WORKSPACES = tuple(
    Tool(program="nx", purpose=purpose, words=(words,), any_of=frozenset({task, f"-t={task}"}),
         name=f"nx {task}")
    for words in ("run-many", "affected")
    for purpose, task in ((Purpose.LINT, "lint"), (Purpose.TEST, "test"))
)  # fmt: skip
TYPE_CHECKERS = (
    *_tools(
        Purpose.TYPES,
        """
        mypy, dmypy run, pyright, basedpyright, ty check, pytype, pyrefly check, vue-tsc,
        svelte-check,
    """,
    ),
    Tool(program="tsc", purpose=Purpose.TYPES, any_of=frozenset({"--noEmit"}), name="tsc"),
)
TEST_RUNNERS = (
    *_tools(Purpose.TEST, """
        pytest, py.test, unittest, nose2, nosetests, jest, vitest, mocha, ava, tap, bun test,
        deno test, go test, cargo test, cargo nextest, rspec, phpunit, mvn test, mvn verify,
        mvn install, mvnw verify, mvnw test, gradle test, gradle check, gradlew test, gradlew
        check, dotnet test, gotestsum, ctest, behave, trial, stestr, playwright test, cypress
        run, react-scripts test, manage.py test, nx test, ng test, karma start, robot,
        schemathesis run, hatch test, bazel test, bazelisk test, buck2 test, pants test,
    """),
    Tool(program="node", purpose=Purpose.TEST, any_of=frozenset({"--test"}), name="node --test"),
    Tool(program="tsx", purpose=Purpose.TEST, any_of=frozenset({"--test"}), name="tsx --test"),
)  # fmt: skip
SCANNERS = (
    *_tools(Purpose.CODE_SCAN, """
        bandit, semgrep ci, opengrep ci, gosec, brakeman, njsscan, snyk code, sonar-scanner,
        sonarqube-scanner, horusec start, bearer scan, codeql database, devskim analyze,
        mobsfscan, pysa, pyre analyze, psalm,
    """),
    *(
        Tool(program=program, purpose=Purpose.CODE_SCAN, any_of=frozenset({
            "scan", "--config", "-c", "--config=auto", "-f",
        }), none_of=frozenset({"ci", "login", "publish", "--validate", "--test"}),
            reports_only_without=frozenset({"--error"}), name=program)
        for program in ("semgrep", "opengrep")
    ),
    *_tools(Purpose.DEPENDENCY_SCAN, """
        pip-audit, pip_audit, safety check, safety scan, npm audit, yarn audit, yarn npm
        audit, pnpm audit, bun audit, osv-scanner, snyk test, grype, cargo audit, cargo deny,
        govulncheck, audit-ci, better-npm-audit, uv audit, dependency-check,
        dependency-check.sh, docker scout, auditjs,
    """),
    *(
        Tool(program="trivy", purpose=Purpose.DEPENDENCY_SCAN, words=(mode,), name="trivy",
             reports_only_without=frozenset({"--exit-code"}))
        for mode in ("fs", "filesystem", "image", "repo", "rootfs", "sbom")
    ),
    *_tools(Purpose.SECRET_SCAN, """
        gitleaks, trufflehog, trufflehog3, detect-secrets, ggshield, detect-secrets-hook,
        git-secrets, git secrets, secretlint, whispers, noseyparker,
    """),
)  # fmt: skip
EVALUATORS = _tools(Purpose.EVALUATION, """
    promptfoo eval, promptfoo@latest eval, deepeval test run, adk eval, inspect eval, inspect
    eval-set, braintrust eval, evalite run, evalite, lm_eval, lm-eval, pf run create, pfazure
    run create, giskard, ragas, langsmith evaluate, langfuse eval, llm-eval, opik evaluate,
    trulens, phoenix evals, pydantic-evals, openevals, autoevals, promptflow run, mlflow
    evaluate,
""")  # fmt: skip
LOAD_TESTERS = (
    *_tools(Purpose.LOAD_TEST, """
        k6 run, k6 cloud, wrk, wrk2, hey, ab, vegeta attack, oha, artillery run, artillery
        quick, autocannon, bombardier, ghz, jmeter, drill, gatling.sh, mvn gatling:test,
        gradle gatlingRun, siege, taurus, bzt, llmperf, genai-perf, guidellm,
    """),
    Tool(program="locust", purpose=Purpose.LOAD_TEST, any_of=frozenset({"--headless"}),
         name="locust"),
)  # fmt: skip
DEPLOYERS = (
    *_tools(Purpose.DEPLOY, """
        gcloud run deploy, gcloud run services replace, gcloud run services update, gcloud
        run jobs deploy, gcloud run jobs update, gcloud run jobs replace, gcloud beta run
        deploy, gcloud alpha run deploy, gcloud beta run services replace, gcloud run
        worker-pools deploy, gcloud app deploy, gcloud functions deploy, gcloud deploy
        releases create, gcloud compute instance-groups managed rolling-action, gcloud builds
        triggers run, gcloud ai endpoints deploy-model, kubectl apply, kubectl set image,
        kubectl rollout restart, kubectl replace, kubectl patch, helm upgrade, helm install,
        helmfile apply, helmfile sync, skaffold run, skaffold deploy, argocd app sync, argocd
        app set, flux reconcile, kapp deploy, werf converge, terraform apply, tofu apply,
        terragrunt apply, terragrunt run-all apply, pulumi up, cdk deploy, sam deploy,
        serverless deploy, sls deploy, sst deploy, aws ecs update-service, aws ecs deploy,
        ecspresso deploy, ecs-deploy, copilot deploy, copilot svc deploy, eb deploy, chalice
        deploy, aws lambda update-function-code, aws cloudformation deploy, aws deploy
        create-deployment, aws apprunner start-deployment, aws s3 sync, zappa update, zappa
        deploy, az containerapp up, az containerapp update, az containerapp create, az
        containerapp revision copy, az webapp deploy, az webapp up, az webapp config
        container, az deployment group create, az deployment sub create, az functionapp
        deployment source, az aks command, azd up, azd deploy, func azure functionapp
        publish, fly deploy, flyctl deploy, vercel deploy, netlify deploy, railway up,
        wrangler deploy, wrangler publish, firebase deploy, heroku container:release, docker
        stack deploy, kamal deploy, cap production deploy, ansible-playbook, modal deploy,
        bentoml deploy, chainlit deploy, langgraph deploy, render deploys create, render
        deploy, git push heroku, git push dokku, up deploy, nomad job run, waypoint up,
        docker service update, gh workflow run, adk deploy, agentcore launch, agentcore deploy,
        gcloud run compose up, gcloud beta run compose up, koyeb services redeploy, railway
        deploy, doctl apps create-deployment, doctl apps update,
    """),
)  # fmt: skip
TRAFFIC_MOVERS = (
    *_tools(Purpose.TRAFFIC, """
        gcloud run services update-traffic, gcloud beta run services update-traffic, kubectl
        argo rollouts promote, kubectl-argo-rollouts promote, gcloud app services
        set-traffic, az containerapp ingress traffic set, gcloud deploy rollouts advance,
        gcloud deploy releases promote, aws elbv2 modify-rule, aws elbv2 modify-listener,
    """),
)  # fmt: skip
VERCEL = Tool(
    program="vercel",
    purpose=Purpose.DEPLOY,
    none_of=frozenset(
        {"build", "pull", "env", "link", "login", "dev", "inspect", "logs", "deploy"}
    ),
)  # bare `vercel` deploys
DRY_RUNS = frozenset({
    "--dry-run", "--dry-run=client", "--dry-run=server", "--check", "--noop", "--plan", "-n=dry",
    "--validate-only", "--help",
})  # fmt: skip
"""A deploy with one of these changes nothing."""

TOOLS: tuple[Tool, ...] = (
    *LINTERS, *TYPE_CHECKERS, *WORKSPACES, *TEST_RUNNERS, *SCANNERS, *EVALUATORS, *LOAD_TESTERS,
    *DEPLOYERS, VERCEL, *TRAFFIC_MOVERS,
)  # fmt: skip


def _by_program() -> Mapping[str, tuple[Tool, ...]]:
    grouped: dict[str, list[Tool]] = {}
    for tool in TOOLS:
        grouped.setdefault(tool.program, []).append(tool)
    return {program: tuple(rows) for program, rows in grouped.items()}


BY_PROGRAM = _by_program()

HOLLOW_FLAGS: Mapping[str, NeutraliserKind] = {
    "--exit-zero": NeutraliserKind.FLAG,
    "--exit-zero-even-if-changed": NeutraliserKind.FLAG,
    "--exit-code=0": NeutraliserKind.FLAG,
    "--soft-fail": NeutraliserKind.FLAG,
    "--no-fail": NeutraliserKind.FLAG,
    "--no-error": NeutraliserKind.FLAG,
    "--continue-on-error": NeutraliserKind.FLAG,
    "--collect-only": NeutraliserKind.SELECTS_NOTHING,
    "--co": NeutraliserKind.SELECTS_NOTHING,
    "--help": NeutraliserKind.SELECTS_NOTHING,
    "--version": NeutraliserKind.SELECTS_NOTHING,
    "--setup-only": NeutraliserKind.SELECTS_NOTHING,
    "--setup-plan": NeutraliserKind.SELECTS_NOTHING,
    "--fixtures": NeutraliserKind.SELECTS_NOTHING,
    "--markers": NeutraliserKind.SELECTS_NOTHING,
    "--listTests": NeutraliserKind.SELECTS_NOTHING,
    "--list": NeutraliserKind.SELECTS_NOTHING,
}
"""Flags that take the effect from whichever checking tool gets them."""
CODES = frozenset({"--exit-code", "--exit_code", "--exitcode"})
"""Options whose value 0 says that findings do not fail."""
