"""What CI and CD really do: which tool runs when, what it gates, what makes it run for nothing.

The collector reads workflow files once and follows every shell line to the tool behind it, so a
probe never parses YAML or shell: it asks for `runs` of a purpose and looks at their job, their
occasions and their neutralisers. Order between runs is answered in `probes.pipeline.order`.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.facts.tree import CollectorProblem


class System(StrEnum):
    """Whose format a pipeline is written in."""

    GITHUB = "github_actions"
    GITLAB = "gitlab_ci"
    CLOUD_BUILD = "cloud_build"
    CIRCLE = "circleci"
    AZURE = "azure_pipelines"
    JENKINS = "jenkins"


class Occasion(StrEnum):
    """What starts a pipeline."""

    PULL_REQUEST = "pull_request"
    DEFAULT_BRANCH = "default_branch"
    """A push to the default branch."""
    BRANCH = "branch"
    """A push to some other long-lived branch, named in `Job.branches`."""
    TAG = "tag"
    """A pushed tag or a published release."""
    AFTER = "after"
    """Another pipeline ended; which one is in `Pipeline.after`."""
    SCHEDULE = "schedule"
    MANUAL = "manual"
    OTHER = "other"
    """An issue, a comment, a label: nothing that ships code."""


class Purpose(StrEnum):
    """What a tool is run for."""

    LINT = "lint"
    TYPES = "types"
    """Checks the types, which finds some of what a linter finds."""
    TEST = "test"
    CODE_SCAN = "code_scan"
    """Static security analysis of the code itself."""
    DEPENDENCY_SCAN = "dependency_scan"
    SECRET_SCAN = "secret_scan"  # noqa: S105 - a purpose, no secret
    EVALUATION = "evaluation"
    """Scores answers of a model against a data set."""
    LOAD_TEST = "load_test"
    DEPLOY = "deploy"
    DEPLOY_ELSEWHERE = "deploy_elsewhere"
    """Hands over to a workflow of another repository, which by its name deploys."""
    TRAFFIC = "traffic"
    """Moves a share of the traffic to a revision that is already there."""
    SAMPLING = "sampling"
    """Takes cases from production into a data set."""


class NeutraliserKind(StrEnum):
    """Why a step that is there decides nothing."""

    OR_TRUE = "or_true"
    """`|| true`, `|| :`, `|| echo ...`, `|| exit 0`."""
    EXIT_ZERO = "exit_zero"
    """`; exit 0`: the shell ends with success whatever ran before."""
    STATUS_LOST = "status_lost"
    """A later command decides the exit status (`a ; b`, `a | b` without pipefail, `a &`)."""
    SET_PLUS_E = "set_plus_e"
    FLAG = "flag"
    """A flag of the tool itself: `--exit-zero`, `--exit-code 0`, `--soft-fail`."""
    SELECTS_NOTHING = "selects_nothing"
    """`-k`, `-m`, `--collect-only`, `--help`, `--version`: no check is carried out."""
    DASH = "dash"
    """A line that begins with `-`: make, tox and just ignore its status."""
    ECHO = "echo"
    """The command is printed, not run."""
    CONTINUE_ON_ERROR = "continue_on_error"
    ALLOW_FAILURE = "allow_failure"
    NEVER = "never"
    """`if: false`, `when: never`, a rule that cannot become true."""
    CONDITION = "condition"
    """Runs only where a test of the shell holds, which nobody knows here."""
    OTHER_REPOSITORY = "other_repository"
    """Runs only in the repository named in `detail`; harmless where that is this one."""
    DISABLED_FILE = "disabled_file"
    """The name keeps the forge from reading it (`.disabled`, `.old`, `.bak`)."""
    REPORT_ONLY = "report_only"
    """The tool writes a report that nothing turns into a failure."""
    RUNS_ANYWAY = "runs_anyway"
    """`if: always()` on what should wait for a success."""


class Neutraliser(Struct, frozen=True, kw_only=True):
    """One thing that takes the effect from a step, where it stands, and its own words."""

    kind: NeutraliserKind
    place: Place
    detail: str
    """The words as written (`|| true`), or for OTHER_REPOSITORY the `owner/name`."""


class Effect(StrEnum):
    """Whether a bad result stops the job."""

    STOPS = "stops"
    """A stated threshold or an assertion gives a status other than 0."""
    NEVER_STOPS = "never_stops"
    """Followed to the end: nothing turns a bad result into a failure."""
    UNKNOWN = "unknown"


class Evaluation(Struct, frozen=True, kw_only=True):
    """What an evaluation, a load test or a sampling job is known to do."""

    effect: Effect
    threshold: Place | None = None
    """Where the threshold or assertion stands."""
    calls_model: bool | None = None
    """It reaches a model or the deployed application; None where that could not be followed."""
    reads_data: bool | None = None
    """It goes over a data set."""
    without_rows: str = ""
    """The data file that it names, where that is empty or not kept here."""
    files: tuple[str, ...] = ()
    """The scripts, configurations and tests that were followed."""
    targets: tuple[str, ...] = ()
    """URLs, hosts or environments it is pointed at, as written."""


class Stage(StrEnum):
    """The environment a deploy or a gate speaks of."""

    DEV = "dev"
    STAGING = "stg"
    PRODUCTION = "prod"
    PREVIEW = "preview"
    """One per pull request."""
    UNKNOWN = "unknown"


class Target(Struct, frozen=True, kw_only=True):
    """Where a deploy goes."""

    stage: Stage
    name: str
    """The words it was told from, such as `environment: production` or `chat-prod`."""
    percent: int | None = None
    """Share of the traffic it takes at once, where stated (0 for `--no-traffic`)."""


class Run(Struct, frozen=True, kw_only=True):
    """A tool that a job runs, however deep it is called."""

    purpose: Purpose
    tool: str
    """As in the table of tools, such as `ruff`."""
    command: str
    """What is run, shortened."""
    place: Place
    """Where the command itself stands: the workflow, a Makefile, a script."""
    through: tuple[Place, ...] = ()
    """From the step in the workflow to the file that holds the command."""
    order: int = 0
    """Position inside its job; a smaller one runs first."""
    neutralisers: tuple[Neutraliser, ...] = ()
    """Its own, its step's, its job's and its pipeline's, innermost first."""
    not_on: frozenset[Occasion] = frozenset()
    """Occasions of its job on which the condition of its step leaves it out."""
    perhaps_on: frozenset[Occasion] = frozenset()
    """Occasions of its job on which that condition could not be decided."""
    selects: tuple[str, ...] = ()
    """Paths and markers given to it (`tests/unit`, `-m not slow`)."""
    evaluation: Evaluation | None = None
    target: Target | None = None


class Blind(StrEnum):
    """Why part of a pipeline cannot be seen from here."""

    REMOTE_WORKFLOW = "remote_workflow"
    REMOTE_ACTION = "remote_action"
    """An action the table of tools does not know."""
    REMOTE_INCLUDE = "remote_include"
    TRIGGER_ELSEWHERE = "trigger_elsewhere"
    """Cloud Build, Jenkins: which event starts the build is kept there."""
    UNKNOWN_SCRIPT = "unknown_script"
    """A command that leads to a file that is not in the repository."""
    TOO_DEEP = "too_deep"
    OTHER_SYSTEM = "other_system"
    """Travis CI, Bitbucket Pipelines and others: present, not read."""


class BlindSpot(Struct, frozen=True, kw_only=True):
    """A part that was seen to exist and could not be followed."""

    because: Blind
    place: Place
    detail: str


class PathFilter(Struct, frozen=True, kw_only=True):
    """Which changed files start a pipeline; empty means every file."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    place: Place | None = None


class SecretUse(Struct, frozen=True, kw_only=True):
    """A secret or a key handed to a step."""

    name: str
    """The name of the secret, or of the environment variable that holds a literal."""
    place: Place
    step: str
    """The action or the beginning of the command that gets it."""
    static_cloud_key: bool = False
    """A long-lived cloud key (a service account JSON, an AWS secret access key)."""


class Login(Struct, frozen=True, kw_only=True):
    """A step that logs in to a cloud."""

    cloud: str
    """`google`, `aws` or `azure`."""
    federated: bool
    """By the forge's short-lived identity token, not by a stored key."""
    place: Place
    detail: str
    """The input that tells, such as `workload_identity_provider` or `credentials_json`."""
    can_get_token: bool = True
    """`permissions: id-token: write` (or `id_tokens`) is granted to the job."""


class Job(Struct, frozen=True, kw_only=True):
    """A job with everything it runs."""

    key: str
    """Unique in the repository: `path#id`, and `path#caller/id` inside a called workflow."""
    name: str
    place: Place
    pipeline: str
    """The path of the file that starts it."""
    occasions: Mapping[Occasion, PathFilter] = field(default_factory=dict)
    """When it surely runs, and for which changed files."""
    perhaps: frozenset[Occasion] = frozenset()
    """When it might run: its condition could not be decided."""
    branches: tuple[str, ...] = ()
    """The branches it runs for, as written, where it names any."""
    needs: tuple[str, ...] = ()
    """Keys of the jobs that must succeed before it."""
    stage: Stage | None = None
    environment: str | None = None
    """As written in `environment:`; a forge may ask for an approval there."""
    manual: bool = False
    """A person starts it (`when: manual`, `workflow_dispatch` alone)."""
    neutralisers: tuple[Neutraliser, ...] = ()
    runs: tuple[Run, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    secrets: tuple[SecretUse, ...] = ()
    logins: tuple[Login, ...] = ()
    settings: tuple[str, ...] = ()
    """Variables of the job, what its steps are given and what they run (`STAGE=dev`)."""


class Pipeline(Struct, frozen=True, kw_only=True):
    """A workflow file."""

    system: System
    path: str
    name: str
    jobs: tuple[Job, ...] = ()
    after: tuple[str, ...] = ()
    """Names of the workflows whose end starts this one (`workflow_run`)."""
    after_success_only: bool = False
    """It looks at the conclusion of the workflow it follows."""
    enabled: bool = True


class Signal(StrEnum):
    """What a canary can watch."""

    ERRORS = "errors"
    ACCURACY = "accuracy"
    COST = "cost"
    LATENCY = "latency"
    OTHER = "other"


class Watch(Struct, frozen=True, kw_only=True):
    """A figure that a canary compares before it goes on."""

    signal: Signal
    name: str
    place: Place


class Canary(Struct, frozen=True, kw_only=True):
    """A rollout in steps."""

    tool: str
    """`argo-rollouts`, `flagger`, `cloud-deploy`, `codedeploy`, `cloud-run-traffic`."""
    place: Place
    percents: tuple[int, ...] = ()
    """Shares of traffic in their order, where stated."""
    watches: tuple[Watch, ...] = ()
    neutralisers: tuple[Neutraliser, ...] = ()
    """No-data that counts as success, failure limits that are never reached."""
    analysis_elsewhere: bool = False
    """It names an analysis that is not in the repository."""


class TestReport(Struct, frozen=True, kw_only=True):
    """An attached JUnit file."""

    __test__ = False  # pytest collects classes named Test*

    place: Place
    tests: int
    failures: int
    skipped: int


class ScanReport(Struct, frozen=True, kw_only=True):
    """An attached SARIF file."""

    place: Place
    tool: str
    results: int


class ContinuousDelivery(Struct, frozen=True, kw_only=True):
    """A controller that deploys from git: Argo CD, Flux, Cloud Deploy, Render, Vercel."""

    tool: str
    place: Place
    target: Target
    automated: bool
    """It follows the repository by itself (`syncPolicy.automated`, `autoDeploy`), or a pipeline
    hands each release to it."""
    pipeline: str = ""
    """The delivery pipeline of which this is a stage; stages stand in their order."""


class PipelineFacts(Struct, frozen=True, kw_only=True):
    """What CI and CD really do."""

    pipelines: tuple[Pipeline, ...] = ()
    canaries: tuple[Canary, ...] = ()
    deliveries: tuple[ContinuousDelivery, ...] = ()
    test_reports: tuple[TestReport, ...] = ()
    scan_reports: tuple[ScanReport, ...] = ()
    by_hand: tuple[Run, ...] = ()
    """Deploys in scripts and Makefiles that no pipeline reaches."""
    others: tuple[BlindSpot, ...] = ()
    """CI systems that are present and not read."""
    problems: tuple[CollectorProblem, ...] = ()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every job of every pipeline."""
        return tuple(job for pipeline in self.pipelines for job in pipeline.jobs)
