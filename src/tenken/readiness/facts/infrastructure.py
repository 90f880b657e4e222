"""What runs where, and how it is set, whichever file says so.

Terraform, manifests, templates and deploy flags become the same few facts. A value that is written
and cannot be resolved inside the repository (a variable without a default, a remote module) is
there with `value` None or stands in `unseen`: it is never dropped and never guessed.
"""

from enum import StrEnum

from msgspec import Struct

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.facts.exposure import Admission, Exposure, Listener, Upstream
from tenken.readiness.facts.identity import Federation, Identity, StaticKey
from tenken.readiness.facts.tree import CollectorProblem


class Source(StrEnum):
    """Which kind of file says it."""

    TERRAFORM = "terraform"
    CLOUD_RUN = "cloud_run_yaml"
    KUBERNETES = "kubernetes"
    HELM = "helm"
    ECS = "ecs_task_definition"
    BICEP = "bicep"
    RENDER = "render_yaml"
    FLY = "fly_toml"
    CLOUDFORMATION = "cloudformation"
    SERVERLESS = "serverless_yml"
    COMPOSE = "compose"
    CDK = "cdk"
    DEPLOY_FLAGS = "deploy_flags"
    """Flags of a deploy command in the pipeline or a script."""


class Platform(StrEnum):
    """What runs the containers."""

    CLOUD_RUN = "Cloud Run"
    KUBERNETES = "Kubernetes"
    ECS = "ECS"
    CONTAINER_APPS = "Azure Container Apps"
    RENDER = "Render"
    FLY = "Fly.io"
    APP_SERVICE = "Azure App Service"
    APP_RUNNER = "App Runner"
    FUNCTION = "a function service"
    """Cloud Functions, Lambda: instances come and go by themselves."""
    COMPOSE = "compose"


class Figure(Struct, frozen=True, kw_only=True):
    """A number that a file states."""

    value: float | None
    """None where it is written and could not be resolved (a variable without a default)."""
    place: Place
    written: str
    """As it stands in the file, shortened."""


class Variable(Struct, frozen=True, kw_only=True):
    """An environment variable of a container."""

    name: str
    place: Place
    value: str | None = None
    """The literal; None where it comes from a secret or could not be resolved."""
    secret: str | None = None
    """The secret it is read from, as written; empty text where its name could not be resolved."""


class Mount(Struct, frozen=True, kw_only=True):
    """A volume in a container."""

    path: str
    lasting: bool | None
    """It outlives the container; None where that could not be told."""


class Container(Struct, frozen=True, kw_only=True):
    """A container of a workload."""

    name: str
    place: Place
    image: str = ""
    """As written, with `*` for what could not be resolved."""
    ports: tuple[int, ...] = ()
    variables: tuple[Variable, ...] = ()
    more_variables: bool = False
    """Others come from a file or an object that is not read here."""
    requests_cpu: bool = False
    """`resources.requests.cpu` is stated: what an autoscaler by utilisation divides by."""
    mounts: tuple[Mount, ...] = ()
    command: str = ""
    """What is started in place of the image's own command; empty where nothing is stated."""


class Hindrance(Struct, frozen=True, kw_only=True):
    """What keeps a scaler from ever adding an instance."""

    place: Place
    written: str
    """`selectPolicy: Disabled`, `averageUtilization: 100000` ..."""


class Scaling(Struct, frozen=True, kw_only=True):
    """Bounds between which the number of instances moves."""

    place: Place
    source: Source
    kind: str
    """What sets them: `HorizontalPodAutoscaler`, `scaling`, `gcloud run deploy` ..."""
    target: str
    """The name of the workload it speaks of, with `*` for what could not be resolved."""
    minimum: Figure | None = None
    maximum: Figure | None = None
    signals: tuple[str, ...] = ()
    """What it scales on: `cpu`, `memory`, `requests`, a metric's name."""
    lacks_policy: bool = False
    """ECS: a target is registered and no policy ever moves it."""
    hindrance: Hindrance | None = None
    namespace: str = ""
    stage: str = ""


class TrafficShare(Struct, frozen=True, kw_only=True):
    """A share of a service's traffic and the revision it goes to."""

    percent: Figure
    revision: str
    """`latest`, or the revision's name as written."""
    tag: str = ""


class Workload(Struct, frozen=True, kw_only=True):
    """Something that runs the application's containers, as one file describes it.

    The same service described by two files is two workloads; `Conflict` says where they disagree.
    """

    name: str
    """With `*` for what could not be resolved (`shift-desk-*`)."""
    kind: str
    """`google_cloud_run_v2_service`, `Deployment`, `aws_ecs_service` ..."""
    platform: Platform
    source: Source
    place: Place
    serves: bool | None
    """It takes requests; False for jobs and workers, None where that could not be told."""
    stage: str = ""
    """The environment it is for, where its folder, overlay or name tells: `prod`, `stg`, `dev`."""
    namespace: str = ""
    containers: tuple[Container, ...] = ()
    scalings: tuple[Scaling, ...] = ()
    replicas: Figure | None = None
    """A fixed number of instances, where one is stated."""
    concurrency: Figure | None = None
    timeout_s: Figure | None = None
    service_account: str | None = None
    """As written, with `*` for what is not known; None where the platform's default is taken."""
    traffic: tuple[TrafficShare, ...] = ()


class Conflict(Struct, frozen=True, kw_only=True):
    """Two sources that state different values of one setting of one workload."""

    workload: str
    setting: str
    """`maximum instances`, `minimum instances`, `concurrency`."""
    first: Figure
    second: Figure
    stage: str = ""


class StoreKind(StrEnum):
    """What a store keeps."""

    BUCKET = "bucket"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    DISK = "disk"
    SEARCH = "search"
    WAREHOUSE = "warehouse"
    LOGS = "logs"
    TABLE = "table"


class AtRest(StrEnum):
    """How stored data is encrypted."""

    CUSTOMER_KEY = "customer_key"
    """A key of the application's own (CMEK, KMS)."""
    STATED = "stated"
    """Switched on in the file, with the platform's key."""
    PLATFORM = "platform"
    """The platform always encrypts it and offers no way to switch that off."""
    OFF = "off"
    """Switched off, or off by default and never switched on."""
    UNKNOWN = "unknown"


class Store(Struct, frozen=True, kw_only=True):
    """Something that keeps data."""

    kind: StoreKind
    name: str
    resource: str
    """`google_storage_bucket`, `PersistentVolumeClaim` ..."""
    place: Place
    at_rest: AtRest
    setting: Place | None = None
    """Where the encryption is switched on or off."""
    demands_tls: bool | None = None
    """Clients must use TLS; False where plain connections are accepted, None if nothing says."""
    tls_place: Place | None = None
    paced: Place | None = None
    """Where a queue states how fast it hands tasks on."""


class ComponentKind(StrEnum):
    """What a diagram would draw a thing as."""

    WORKLOAD = "workload"
    STORE = "store"
    QUEUE = "queue"
    MODEL = "model"
    GATEWAY = "gateway"
    MONITORING = "monitoring"
    SECRETS = "secrets"
    KEYS = "keys"
    SCHEDULE = "schedule"


class Component(Struct, frozen=True, kw_only=True):
    """Something a picture of the system has to show."""

    kind: ComponentKind
    name: str
    """The product's name, such as `Cloud Tasks`."""
    words: tuple[str, ...]
    """Lower-case words, any one of which names it in a diagram."""
    place: Place


class ModelCapacity(Struct, frozen=True, kw_only=True):
    """How many tokens a deployment of a model is given, as its template states it."""

    model: str
    """With `*` for what could not be resolved."""
    capacity: Figure
    place: Place


class Image(Struct, frozen=True, kw_only=True):
    """A Dockerfile."""

    place: Place
    base: str
    user: str = ""
    """The last `USER`; empty where it stays root."""
    copies_secrets: tuple[Place, ...] = ()
    """A `.env` or a key file is copied into the image by name."""
    variables: tuple[Variable, ...] = ()
    """What its last stage, and those it stands on, set with `ENV`."""
    secret_values: tuple[Place, ...] = ()
    """`ENV` or `ARG` whose name says key or token and that has a value."""
    command: str = ""


class UnseenBecause(StrEnum):
    """Why part of the infrastructure cannot be read here."""

    REMOTE_MODULE = "remote_module"
    REMOTE_CHART = "remote_chart"
    REMOTE_BASE = "remote_base"
    """A kustomize base that is not in the repository."""
    TEMPLATE = "template"
    """A template whose values could not be resolved."""
    OTHER_TOOL = "other_tool"
    """Pulumi, CDK, Serverless and others: programs that would have to be run."""
    ABSENT = "absent"
    """A file that is named and is not here."""


class Unseen(Struct, frozen=True, kw_only=True):
    """A part that exists and could not be followed."""

    because: UnseenBecause
    place: Place
    detail: str
    """The module's source, the chart's address, the tool."""


class Declaration(Struct, frozen=True, kw_only=True):
    """A Terraform resource or a manifest that another collector reads, as far as it is known."""

    kind: str
    name: str
    address: str
    """How others refer to it: `aws_sns_topic.oncall`, `ConfigMap/rules`."""
    place: Place
    body: Node
    source: Source
    stage: str = ""


class WatchedElsewhere(Struct, frozen=True, kw_only=True):
    """Alarms inside a module that is not here, handed to a receiver that has an address."""

    name: str
    source: str
    place: Place
    receiver: str
    told_at: Place
    """Where the receiver is given its address."""
    stage: str = ""


class InfrastructureFacts(Struct, frozen=True, kw_only=True):
    """What runs where, and how it is set."""

    workloads: tuple[Workload, ...] = ()
    stray_scalings: tuple[Scaling, ...] = ()
    """Autoscalers whose target is not a workload of this repository."""
    conflicts: tuple[Conflict, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    admissions: tuple[Admission, ...] = ()
    listeners: tuple[Listener, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    stores: tuple[Store, ...] = ()
    identities: tuple[Identity, ...] = ()
    static_keys: tuple[StaticKey, ...] = ()
    federations: tuple[Federation, ...] = ()
    components: tuple[Component, ...] = ()
    images: tuple[Image, ...] = ()
    capacities: tuple[ModelCapacity, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    """What the monitoring collector reads."""
    unmade: tuple[Declaration, ...] = ()
    """Of these, what is written down and never made: a `count` of 0, a list without elements."""
    watched_elsewhere: tuple[WatchedElsewhere, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()
