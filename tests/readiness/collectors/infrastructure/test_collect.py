"""All infrastructure files together: what is told, with its place, and what breaks nothing."""

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenken.place import Place
from tenken.readiness.collectors.infrastructure.collect import collect
from tenken.readiness.collectors.monitoring.collect import collect as collect_monitoring
from tenken.readiness.facts.exposure import Opening
from tenken.readiness.facts.identity import Kept, KeyKind
from tenken.readiness.facts.infrastructure import InfrastructureFacts, UnseenBecause
from tenken.readiness.facts.pipeline import PipelineFacts
from tests.readiness.trees import FakeTree


def facts(files: dict[str, str]) -> InfrastructureFacts:
    """What the collector finds in the files."""
    tree = FakeTree({path: dedent(text) for path, text in files.items()})
    found = collect(tree, PipelineFacts())
    collect_monitoring(tree, found)
    return found


def test_everyone_may_call() -> None:
    """`allUsers` and the flag open the service, each with its place."""
    found = facts({
        "main.tf": """\
            resource "google_cloud_run_v2_service" "desk" {
              name = "desk"
            }
            resource "google_cloud_run_v2_service_iam_member" "all" {
              name   = google_cloud_run_v2_service.desk.name
              role   = "roles/run.invoker"
              member = "allUsers"
            }
            """,
        "deploy.sh": "gcloud run deploy desk --image x \\\n  --allow-unauthenticated\n",
    })  # fmt: skip

    opened = [one for one in found.exposures if one.opening is Opening.UNAUTHENTICATED]

    assert [(one.workload, one.place) for one in opened] == [
        ("desk", Place("main.tf", 7)), ("desk", Place("deploy.sh", 2)),
    ]  # fmt: skip


@pytest.mark.parametrize("over", ["for_each = local.regions", ""])
@pytest.mark.parametrize(
    ("member", "accounts"),
    [
        ("google_service_account.caller.member", ["serviceAccount:*"]),
        ('"serviceAccount:${google_service_account.caller.email}"', ["serviceAccount:*"]),
        ('"allAuthenticatedUsers"', []),
        ("var.callers", []),
    ],
)
def test_who_alone_may_call(over: str, member: str, accounts: list[str]) -> None:
    """One service account, in each of several regions too; anybody's account is nobody's."""
    desk = f"google_cloud_run_v2_service.desk{'[each.key]' if over else ''}.name"
    found = facts({
        "main.tf": f"""\
            locals {{
              regions = {{ tokyo = "asia-northeast1", osaka = "asia-northeast2" }}
            }}
            resource "google_service_account" "caller" {{
              account_id = "caller"
            }}
            resource "google_cloud_run_v2_service" "desk" {{
              {over}
              name = "desk"
            }}
            resource "google_cloud_run_v2_service_iam_member" "call" {{
              {over}
              name   = {desk}
              role   = "roles/run.invoker"
              member = {member}
            }}
            """,
    })  # fmt: skip

    told = {(one.workload, account) for one in found.admissions for account in one.accounts}

    assert told == {("desk", account) for account in accounts}


def test_shares_of_traffic_are_told_in_their_order() -> None:
    """What a canary reads: percent, revision and tag."""
    found = facts({
        "service.yaml": """\
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: desk}
            spec:
              template: {spec: {containers: [{image: x}]}}
              traffic:
                - revisionName: desk-1
                  percent: 95
                - latestRevision: true
                  percent: 5
                  tag: next
            """
    })  # fmt: skip

    shares = [(one.percent.value, one.revision, one.tag) for one in found.workloads[0].traffic]

    assert shares == [(95, "desk-1", ""), (5, "latest", "next")]


def test_a_chart_is_read_with_its_values() -> None:
    """Values decide; what a template asks of a helper stays unknown."""
    found = facts({
        "chart/Chart.yaml": "apiVersion: v2\nname: desk\n",
        "chart/values.yaml": "name: desk\nreplicas: {min: 2, max: 10}\n"
            "resources: {requests: {cpu: 1}}\n",
        "chart/templates/app.yaml": """\
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: {{ .Values.name }}
              labels:
                {{- include "desk.labels" . | nindent 4 }}
            spec:
              template:
                spec:
                  containers:
                    - name: app
                      image: "x:{{ .Values.tag | default .Chart.AppVersion }}"
                      resources:
                        {{- toYaml .Values.resources | nindent 12 }}
            """,
        "chart/templates/hpa.yaml": """\
            {{- if .Values.replicas }}
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: desk}
            spec:
              scaleTargetRef: {kind: Deployment, name: {{ .Values.name }}}
              minReplicas: {{ .Values.replicas.min }}
              maxReplicas: {{ .Values.replicas.max }}
            {{- end }}
            """,
    })  # fmt: skip

    scaling = found.workloads[0].scalings[0]

    assert found.workloads[0].name == "desk"
    assert found.workloads[0].containers[0].requests_cpu
    assert (
        scaling.minimum and scaling.minimum.value,
        scaling.maximum and scaling.maximum.value,
    ) == (2, 10)


def test_a_switched_off_part_of_a_chart_is_not_there() -> None:
    """`autoscaling.enabled: false` renders no autoscaler."""
    found = facts({
        "chart/Chart.yaml": "apiVersion: v2\nname: desk\n",
        "chart/values.yaml": "autoscaling: {enabled: false}\n",
        "chart/templates/hpa.yaml": """\
            {{- if .Values.autoscaling.enabled }}
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: desk}
            spec: {maxReplicas: 9, scaleTargetRef: {kind: Deployment, name: desk}}
            {{- end }}
            """,
    })  # fmt: skip

    assert found.stray_scalings == ()


def test_render_and_container_apps_are_read() -> None:
    """Two more platforms, each with its own way to say it."""
    found = facts({
        "render.yaml": """\
            services:
              - type: web
                name: desk
                scaling: {minInstances: 1, maxInstances: 3}
                envVars:
                  - key: OPENAI_API_KEY
                    sync: false
            """,
        "infra/app.bicep": """\
            resource app 'Microsoft.App/containerApps@2024-03-01' = {
              name: 'desk'
              properties: {
                configuration: {
                  ingress: {
                    external: true
                    allowInsecure: true
                  }
                }
                template: {
                  scale: {
                    minReplicas: 1
                    maxReplicas: 5
                  }
                }
              }
            }
            """,
    })  # fmt: skip

    bounds = {
        one.platform.value: [
            (s.minimum and s.minimum.value, s.maximum and s.maximum.value) for s in one.scalings
        ]
        for one in found.workloads
    }

    assert bounds == {"Render": [(1, 3)], "Azure Container Apps": [(1, 5)]}
    assert [(one.kind, one.kept) for one in found.static_keys] == [
        (KeyKind.PROVIDER_KEY, Kept.IN_SECRET_STORE)
    ]
    assert [one.encrypted for one in found.listeners] == [False]


@pytest.mark.parametrize("path", ["Pulumi.yaml", "cdk.json", "serverless.yml"])
def test_programs_that_would_have_to_run_are_not_visible(path: str) -> None:
    """Their output is not in the repository."""
    assert [one.because for one in facts({path: "name: desk\n"}).unseen] == [
        UnseenBecause.OTHER_TOOL
    ]


HOSTILE = {
    "deep.yaml": "apiVersion: v1\nkind: Service\nmetadata: " + "[" * 100_000,
    "alias.yaml": "apiVersion: v1\nkind: ConfigMap\na: &a [1,1,1,1,1,1,1,1]\n"
    + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    ),
    "deep.json": '{"panels":' + "[" * 100_000,
    "wide.tf": 'resource "x" "y" {\n  v = "' + "a" * 2_000_000 + '"\n}\n',
    "broken.tf": 'resource "google_cloud_run_v2_service" "x" {\n  template {\n',
    "Dockerfile": "FROM\n" + "RUN a \\\n" * 50_000,
    "compose.yaml": "services: 3\n",
    "deploy.sh": 'gcloud run deploy $(cat x) --max-instances=`y` "\n' * 50,
    "kustomization.yaml": "resources: [., ./, ../.., kustomization.yaml]\n",
    "rules.yaml": "groups:\n  - rules:\n      - alert: [1]\n"
    "        expr: {a: b}\n        for: -1h\n",
    "alertmanager.yml": "route: {receiver: 3, routes: [{match_re: {a: '('}}]}\n"
    "receivers: [x, {}]\n",
    "task-definition.json": '{"containerDefinitions": [1, null, {"environment": 3}]}',
    "dash.json": '{"widgets": [null, {"definition": 1}], "layout_type": "x"}',
    "app.bicep": "resource app 'Microsoft.App/containerApps@1' = {\n" * 2_000,
    "chart/Chart.yaml": "name: x\n",
    "chart/templates/x.yaml": "{{ if }}{{ end }}{{ end }}{{\napiVersion: v1\nkind: X\n" * 500,
    "render.yaml": "services: {a: 1}\n",
}


def test_hostile_files_break_nothing() -> None:
    """All at once: no crash, a reason for what could not be read, and the rest still read."""
    fine = 'resource "google_cloud_run_v2_service" "desk" {\n  name = "desk"\n}\n'

    found = facts({**HOSTILE, "fine/main.tf": fine})

    assert {"deep.yaml", "alias.yaml", "wide.tf", "broken.tf"} <= {
        one.path for one in found.problems
    }
    assert "desk" in {one.name for one in found.workloads}


WORDS = st.sampled_from(
    [
        "resource",
        "google_cloud_run_v2_service",
        "datadog_monitor",
        "kind: Deployment",
        "apiVersion: v1",
        "spec:",
        "  ",
        "\n",
        "- ",
        "{",
        "}",
        "=",
        '"x"',
        "[",
        "]",
        "${var.a}",
        "name",
        "template",
        "scaling",
        "query",
        ":",
        "HorizontalPodAutoscaler",
        "containers",
        "env",
        "value",
        "1",
        "null",
        "metadata",
        "---",
        "alert",
        "expr",
    ]
)


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_any_text_in_any_file_is_read_without_a_crash(text: str) -> None:
    """The same text as every kind of file."""
    names = (
        "a.tf",
        "b.yaml",
        "c.json",
        "Dockerfile",
        "compose.yaml",
        "render.yaml",
        "d.bicep",
        "x.sh",
    )

    assert isinstance(facts(dict.fromkeys(names, text)), InfrastructureFacts)


CAPACITY = """\
var deployments = [
  {
    name: 'chat'
    model: { name: 'gpt-4o-mini', format: 'OpenAI' }
    sku: { name: 'GlobalStandard', capacity: chatCapacity }
  }
]
module openAi 'core/ai.bicep' = {
  name: 'openai'
  params: { deployments: concat(deployments, others) }
}
"""
LOADED = "deployments:\n  - name: chat\n    model: {name: gpt-4o}\n    sku: {capacity: 30}\n"


def test_the_capacity_of_a_model_is_read_where_it_is_given() -> None:
    """In the template, even as a parameter, and in the file that it loads; nowhere else."""
    loads = "var ai = loadYamlContent('./ai.yaml')\n"
    given = facts({"infra/main.bicep": CAPACITY})
    loaded = facts({"infra/main.bicep": loads, "infra/ai.yaml": LOADED})
    loose = facts({"infra/ai.yaml": LOADED, "infra/main.bicep": "param capacity int = 3\n"})

    assert [(one.model, one.capacity.value, one.place) for one in given.capacities] == [
        ("gpt-4o-mini", None, Place("infra/main.bicep", 5))
    ]
    assert [(one.model, one.capacity.value) for one in loaded.capacities] == [("gpt-4o", 30)]
    assert loose.capacities == ()
