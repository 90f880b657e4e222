"""Encryption and credentials: what is closed passes, what is open in one place does not."""

import pytest
from msgspec.structs import replace

from tenken.config.load import load_manifest
from tenken.evidence import FindingKind, Holding
from tenken.readiness.collectors.code.collect import collect as collect_code
from tenken.readiness.probes.security import (
    callers_are_verified,
    credentials_are_short_lived,
    data_at_rest_is_encrypted,
    no_static_key_is_reachable,
    traffic_is_encrypted,
)
from tests.readiness.estates.cloud_run import CLOUD_RUN
from tests.readiness.estates.ecs import ECS
from tests.readiness.estates.kubernetes import KUBERNETES
from tests.readiness.estates.survey import Files, changed, code, survey_of
from tests.readiness.probes.code.questions import Probe
from tests.readiness.trees import FakeTree

STACKS = [
    pytest.param(CLOUD_RUN, id="cloud-run"),
    pytest.param(KUBERNETES, id="kubernetes"),
    pytest.param(ECS, id="ecs"),
]
SHIFT = "https://shift.example.jp"
WORKFLOW = ".github/workflows/deploy.yml"
FEDERATED = """\
on: {push: {branches: [main]}}
permissions: {id-token: write, contents: read}
jobs:
  prod:
    steps:
      - uses: google-github-actions/auth@v2
        with: {workload_identity_provider: projects/1/x, service_account: d@p.example.com}
      - run: gcloud run services list
"""
BY_KEY = FEDERATED.replace(
    "      - run: gcloud",
    "      - uses: google-github-actions/auth@v2\n"
    "        with: {credentials_json: '${{ secrets.SA_KEY }}'}\n      - run: gcloud",
)


@pytest.mark.parametrize("files", STACKS)
def test_closed_doors_and_upstreams_are_encrypted(files: Files) -> None:
    """TLS at the door and towards every upstream."""
    assert traffic_is_encrypted(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("files", "old", "new", "finding"),
    [
        pytest.param(CLOUD_RUN, SHIFT, "http://shift.example.jp", "plain_upstream", id="run-http"),
        pytest.param(
            KUBERNETES, SHIFT, "http://shift.example.jp", "plain_upstream", id="k8s-http"
        ),
        pytest.param(ECS, SHIFT, "http://shift.example.jp", "plain_upstream", id="ecs-http"),
        pytest.param(
            CLOUD_RUN,
            SHIFT,
            "postgresql://db.example.jp/x?sslmode=disable",
            "plain_upstream",
            id="sslmode-disable",
        ),
        pytest.param(
            KUBERNETES,
            SHIFT,
            "postgresql://db.example.jp/x?sslmode=prefer",
            "falls_back_to_plain",
            id="sslmode-prefer",
        ),
        pytest.param(KUBERNETES, "  tls:\n", "  other:\n", "plain_door", id="ingress-plain"),
        pytest.param(ECS, 'type = "redirect"', 'type = "forward"', "plain_door", id="listener-80"),
    ],
)
def test_one_plain_way_is_enough_not_to_hold(
    files: Files, old: str, new: str, finding: str
) -> None:
    """Each plain door or upstream is told with its place; beside an encrypted door it is half."""
    answer = traffic_is_encrypted(survey_of(changed(files, old, new)))

    half = answer.seen and answer.findings[0].kind is FindingKind.GAP
    assert answer.holding is (Holding.PARTLY if half else Holding.FAILS)
    assert [one.sentence.id for one in answer.findings] == [f"probes_7.{finding}"]
    assert answer.findings[0].place is not None


def test_a_store_that_takes_plain_connections_leaves_half() -> None:
    """The door is closed, what stands behind it is not."""
    files = changed(CLOUD_RUN, "ENCRYPTED_ONLY", "ALLOW_UNENCRYPTED_AND_ENCRYPTED")
    answer = traffic_is_encrypted(survey_of(files))

    assert answer.holding is Holding.PARTLY
    assert [one.sentence.id for one in answer.findings] == ["probes_7.store_takes_plain"]


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8080", "http://127.0.0.1:4317", "http://otel", "http://redis.desk.svc.cluster.local",
        "http://[::1]:8000", "redis://cache:6379/0",
    ],
)  # fmt: skip
def test_loopback_and_the_cluster_may_be_plain(address: str) -> None:
    """What never leaves the machine or the cluster's network is no finding."""
    assert (
        traffic_is_encrypted(survey_of(changed(KUBERNETES, SHIFT, address))).holding
        is Holding.HOLDS
    )


def test_a_service_that_also_answers_in_the_clear_is_a_lie() -> None:
    """TLS on 443 beside plain 80 at the same balancer looks done and is not."""
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: door}\n"
        "spec:\n  type: LoadBalancer\n  ports:\n    - port: 443\n    - port: 80\n"
    )

    answer = traffic_is_encrypted(survey_of({**KUBERNETES, "k8s/door.yaml": service}))

    assert [(one.kind, one.sentence.id) for one in answer.findings] == [
        (FindingKind.LIE, "probes_7.plain_beside_tls")
    ]


@pytest.mark.parametrize("files", [CLOUD_RUN, ECS], ids=["cloud-run", "ecs"])
def test_stores_that_encrypt_hold(files: Files) -> None:
    """By the platform, or switched on where that is not the default."""
    assert data_at_rest_is_encrypted(survey_of(files)).holding is Holding.HOLDS


def test_texts_that_our_gateway_seals_are_told() -> None:
    """Beside the stores, and only where a key is named."""
    told = []
    for key in ("", "gateway: {texts: {store: [answer], key: {kind: env, name: TEXT_KEY}}}\n"):
        manifest = load_manifest("application: {name: a, owner: b}\n" + key, file="tenken.yaml")
        answer = data_at_rest_is_encrypted(replace(survey_of(CLOUD_RUN), manifest=manifest))
        told.append([one.id for one in answer.sentences()].count("probes_7.texts_are_sealed"))

    assert told == [0, 1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("storage_encrypted = true", "storage_encrypted = false", id="off"),
        pytest.param("storage_encrypted = true", "", id="off-by-default"),
    ],
)
def test_a_store_without_encryption_fails(old: str, new: str) -> None:
    """RDS encrypts only where it is told to."""
    answer = data_at_rest_is_encrypted(survey_of(changed(ECS, old, new)))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.id == "probes_7.store_is_plain"


def test_a_switch_that_cannot_be_known_is_not_passed() -> None:
    """A variable without a value may be false."""
    files = changed(ECS, "storage_encrypted = true", "storage_encrypted = var.encrypted")

    assert data_at_rest_is_encrypted(survey_of(files)).holding is Holding.UNKNOWN


@pytest.mark.parametrize(
    ("files", "provider"),
    [
        pytest.param(CLOUD_RUN, "vertex", id="cloud-run"),
        pytest.param(KUBERNETES, "vertex", id="kubernetes"),
        pytest.param(ECS, "bedrock", id="ecs"),
    ],
)
def test_an_account_of_its_own_needs_no_key(files: Files, provider: str) -> None:
    """A provider that takes the cloud's tokens, called as the workload's own account."""
    survey = survey_of(files, code(provider=provider))

    assert credentials_are_short_lived(survey).holding is Holding.HOLDS
    assert no_static_key_is_reachable(survey).holding is Holding.HOLDS


SWITCH = '"GOOGLE_GENAI_USE_VERTEXAI"\n        value = "true"'
URL = '"SHIFT_API_URL"\n        value = "https://shift.example.jp"'
SWITCHED = changed(CLOUD_RUN, URL, SWITCH)


@pytest.mark.parametrize(
    ("files", "holding"),
    [
        (SWITCHED, Holding.HOLDS),
        (changed(SWITCHED, '"true"', '"1"'), Holding.HOLDS),
        (changed(SWITCHED, '"true"', '"FALSE"'), Holding.UNKNOWN),
        (changed(SWITCHED, '"true"', "var.vertex"), Holding.UNKNOWN),
        (changed(SWITCHED, "GENAI_USE_VERTEXAI", "CLOUD_LOCATION"), Holding.UNKNOWN),
        (changed(CLOUD_RUN, URL, f"{SWITCH}\n      }}\n      env {{\n"
                 '        name = "GEMINI_API_KEY"\n        value = "AIza"'), Holding.FAILS),
    ],
)  # fmt: skip
def test_a_switch_decides_whether_a_key_is_needed(files: Files, holding: Holding) -> None:
    """One library calls two services; the workload says which, and a key beside it can win."""
    answer = credentials_are_short_lived(survey_of(files, code(provider="google")))

    assert answer.holding is holding


@pytest.mark.parametrize(
    ("files", "old", "new"),
    [
        pytest.param(
            CLOUD_RUN,
            '"SHIFT_API_URL"\n        value = "https://shift.example.jp"',
            '"OPENAI_API_KEY"\n        value_source {\n          secret_key_ref {\n'
            '            secret = "openai"\n          }\n        }',
            id="cloud-run",
        ),
        pytest.param(
            KUBERNETES,
            "name: SHIFT_API_URL\n              value: https://shift.example.jp",
            "name: OPENAI_API_KEY\n              valueFrom: {secretKeyRef: {name: llm, key: k}}",
            id="kubernetes",
        ),
    ],
)
def test_a_key_from_a_secret_store_is_still_a_key(files: Files, old: str, new: str) -> None:
    """Protected, and long-lived all the same."""
    survey = survey_of(changed(files, old, new))

    assert credentials_are_short_lived(survey).holding is Holding.FAILS
    assert [one.sentence.id for one in no_static_key_is_reachable(survey).findings] == [
        "probes_7.static_key"
    ]


def test_a_login_by_key_beside_federation_is_a_lie() -> None:
    """The last login wins, so the key is what is used."""
    honest = no_static_key_is_reachable(survey_of({**CLOUD_RUN, WORKFLOW: FEDERATED}))
    cheat = no_static_key_is_reachable(survey_of({**CLOUD_RUN, WORKFLOW: BY_KEY}))

    assert honest.holding is Holding.HOLDS
    assert cheat.holding is Holding.FAILS
    assert [(one.kind, one.sentence.id) for one in cheat.findings] == [
        (FindingKind.LIE, "probes_7.key_beside_federation")
    ]


@pytest.mark.parametrize(
    ("path", "text", "finding"),
    [
        pytest.param(
            "terraform/key.tf",
            'resource "google_service_account_key" "desk" {\n'
            "  service_account_id = google_service_account.desk.name\n}\n",
            "key_made_here",
            id="key-resource",
        ),
        pytest.param(
            "Dockerfile", "FROM python:3.12\nCOPY .env .\n", "key_in_image", id="env-in-image"
        ),
        pytest.param(
            "Dockerfile",
            "FROM python:3.12\nENV OPENAI_API_KEY=" + "sk-" + "a1b2c3d4e5\n",
            "key_in_image_env",
            id="key-in-image",
        ),
        pytest.param(
            "k8s/secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: llm}\n"
            "stringData: {OPENAI_API_KEY: " + "sk-" + "a1b2c3d4e5f6}\n",
            "key_in_file",
            id="secret-manifest",
        ),
    ],
)
def test_a_key_beside_the_account_fails(path: str, text: str, finding: str) -> None:
    """An account of its own does not help while a key lies beside it."""
    answer = no_static_key_is_reachable(survey_of({**CLOUD_RUN, path: text}))

    assert answer.holding is Holding.FAILS
    assert [one.sentence.id for one in answer.findings] == [f"probes_7.{finding}"]


MOUNTED = """\
services:
  app:
    environment:
      GOOGLE_APPLICATION_CREDENTIALS: /secrets/account.json
    volumes: ["~/secrets:/secrets"]
"""
IMAGE = {"Dockerfile": "FROM python:3.12\nCOPY app app\n", "app/main.py": "x = 1\n"}


@pytest.mark.parametrize("probe", [credentials_are_short_lived, no_static_key_is_reachable])
def test_the_identity_of_the_platform_is_half_where_nobody_names_it(probe: Probe) -> None:
    """Its library takes it by default; a key in the image, or a vendor of keys, ends that."""
    keyed = {**IMAGE, "Dockerfile": "FROM python:3.12\nCOPY service-account.json /key.json\n"}
    mounted = {**IMAGE, "compose.yaml": MOUNTED}

    assert probe(survey_of(IMAGE)).holding is Holding.PARTLY
    assert probe(survey_of(IMAGE, code(provider="openai"))).holding is Holding.UNKNOWN
    assert probe(survey_of(keyed)).holding is not Holding.PARTLY
    assert probe(survey_of(mounted)).holding is not Holding.PARTLY


def test_a_key_of_the_cloud_that_the_code_hands_over_is_one() -> None:
    """As an argument, in a table of options, or set into one; None hands over nothing."""
    spellings = {
        'boto3.client("bedrock-runtime", aws_secret_access_key=KEY)': 1,
        'boto3.client("bedrock-runtime", **{"aws_secret_access_key": KEY})': 1,
        'boto3.client("bedrock-runtime", aws_secret_access_key=None)': 0,
        'options["aws_secret_access_key"] = KEY': 1,
    }

    for spelling, count in spellings.items():
        text = f"import boto3\n\noptions = {{}}\n\n\ndef made():\n    {spelling}\n"
        assert len(collect_code(FakeTree({"app/llm.py": text})).secrets) == count, spelling


def test_without_infrastructure_keys_may_be_anywhere() -> None:
    """Nothing says as whom the application runs: unknown, not clean."""
    survey = survey_of({"app/main.py": "x = 1\n"})

    assert no_static_key_is_reachable(survey).holding is Holding.UNKNOWN
    assert credentials_are_short_lived(survey).holding is Holding.UNKNOWN
    assert traffic_is_encrypted(survey).holding is Holding.UNKNOWN
    assert data_at_rest_is_encrypted(survey).holding is Holding.UNKNOWN


INVOKER = """\
resource "google_cloud_run_v2_service" "desk" {
  name = "desk"
}
resource "google_cloud_run_v2_service_iam_binding" "callers" {
  name    = google_cloud_run_v2_service.desk.name
  role    = "roles/run.invoker"
  members = ["serviceAccount:${google_service_account.gateway.email}"]
}
"""


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        pytest.param(INVOKER, Holding.HOLDS, id="one-account"),
        pytest.param(INVOKER.replace("run.invoker", "run.viewer"), Holding.PARTLY, id="viewer"),
        pytest.param(
            INVOKER.replace('["service', '["allAuthenticatedUsers", "service'),
            Holding.UNKNOWN,
            id="anybody-with-an-account",
        ),
        pytest.param(
            INVOKER.replace('["service', '["allUsers", "service'), Holding.UNKNOWN, id="everyone"
        ),
        pytest.param(
            INVOKER.replace('"desk" {\n', '"desk" {\n  invoker_iam_disabled = true\n', 1),
            Holding.UNKNOWN,
            id="nobody-is-asked",
        ),
        pytest.param(
            INVOKER.replace('"desk" {\n', '"desk" {\n  invoker_iam_disabled = false\n', 1),
            Holding.HOLDS,
            id="asked-as-usual",
        ),
    ],
)
def test_a_service_that_only_named_accounts_may_call_verifies_its_callers(
    text: str, holding: Holding
) -> None:
    """The platform checks signature and audience of who calls; an opening undoes it."""
    assert callers_are_verified(survey_of({"main.tf": text})).holding is holding


DEPLOY = "on: {push: {branches: [main]}}\njobs: {a: {steps: [{STEP}]}}\n"


@pytest.mark.parametrize(
    ("step", "holding"),
    [
        ("uses: Azure/functions-action@v1", Holding.PARTLY),
        ("run: az webapp up --name desk", Holding.PARTLY),
        ("run: gcloud app deploy --quiet", Holding.PARTLY),
        ("run: echo az webapp up --name desk", Holding.UNKNOWN),
        ("run: kubectl apply -f k8s", Holding.UNKNOWN),
    ],
)
def test_a_platform_that_answers_both_ways_is_half_closed(step: str, holding: Holding) -> None:
    """It has an encrypted address, and nothing forbids the plain one."""
    files = {WORKFLOW: DEPLOY.replace("STEP", step)}

    assert traffic_is_encrypted(survey_of(files)).holding is holding
