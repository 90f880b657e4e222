"""Alerts that nobody hears, objectives that ask nothing, keys that lie about."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import monitoring, safety, scalability, security
from tests.readiness.adversary.ground import Case, changed
from tests.readiness.estates.cloud_run import CLOUD_RUN
from tests.readiness.estates.kubernetes import KUBERNETES
from tests.readiness.probes.cases_safety import RULED
from tests.readiness.probes.cases_safety import RULES as GUARD_RULES

CODE = """from datadog import statsd
from fastapi import FastAPI
from google import genai

client = genai.Client(vertexai=True)
app = FastAPI()


@app.post("/answers")
def ask(question):
    for name in ("desk.requests", "desk.llm.tokens"):
        statsd.increment(name)
    statsd.increment("desk.requests")
    statsd.increment("desk.llm.tokens")
    statsd.increment("desk.guard.violation")
    return client.models.generate_content(model="gemini-2.5-flash", contents=question)
"""
ON_KUBERNETES = {**KUBERNETES, "app/llm.py": CODE}
ON_RUN = {**CLOUD_RUN, "app/llm.py": CODE}
ROUTES, RULES, SLO, TF = (
    "monitoring/alertmanager.yaml",
    "monitoring/rules.yaml",
    "slo/desk.yaml",
    "terraform/monitoring.tf",
)
HEARD, TOKENS, OBJECTIVE = (
    (monitoring.alerts_reach_a_receiver,),
    (monitoring.alert_watches_tokens_or_cost,),
    (monitoring.slos_are_machine_readable,),
)
SCALES = (scalability.serving_workload_autoscales,)
HPA = next(path for path, text in KUBERNETES.items() if "HorizontalPodAutoscaler" in text)
KEDA = """apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: desk, namespace: desk}
spec:
  scaleTargetRef: {name: desk}
  minReplicaCount: 2
  maxReplicaCount: 10
  triggers:
    - {type: cpu, metricType: Utilization, metadata: {value: "60"}}
"""
NO_HPA = {
    path: "---\n".join(one for one in text.split("---\n") if "HorizontalPodAutoscaler" not in one)
    for path, text in ON_KUBERNETES.items()
}
ENCRYPTED = (security.traffic_is_encrypted,)
KEYLESS = (security.no_static_key_is_reachable,)
ALWAYS = (
    "time_intervals:\n  - name: always\n    time_intervals:\n      - weekdays: ['monday:sunday']\n"
)
NIGHTS = ALWAYS.replace(
    "- weekdays: ['monday:sunday']", "- times: [{start_time: '02:00', end_time: '04:00'}]"
)


def scaled(*changes: tuple[str, str]) -> dict[str, str]:
    """The autoscaler with a few texts replaced."""
    return changed(ON_KUBERNETES, *((HPA, old, new) for old, new in changes))


def keda(old: str = "", new: str = "") -> dict[str, str]:
    """An autoscaler of another kind with a text replaced."""
    return changed({**NO_HPA, "k8s/keda.yaml": KEDA}, ("k8s/keda.yaml", old, new))


def receiver(kind: str) -> dict[str, str]:
    """One receiver for everything."""
    return {
        **ON_KUBERNETES,
        ROUTES: f"route: {{receiver: one}}\nreceivers:\n  - name: one\n{kind}",
    }


def muted(interval: str) -> dict[str, str]:
    """The pager's route with an interval in which it says nothing."""
    made = changed(
        ON_KUBERNETES,
        (
            ROUTES,
            "      receiver: pager\n",
            "      receiver: pager\n      mute_time_intervals: [always]\n",
        ),
    )
    return {**made, ROUTES: made[ROUTES] + interval}


SERVER = "monitoring/prometheus.yml"
LOADS = "scrape_configs: []\nrule_files: ['/etc/prometheus/RULES']\nalerting: {alertmanagers: [SENDS]}\n"


def served(rules: str, sends: str = "") -> Case:
    """The settings of the server itself stand beside the rules; they may be a loose file."""
    text = LOADS.replace("RULES", rules).replace("SENDS", sends)
    return Case(
        id=f"a server that loads {rules}, to {sends}",
        probes=HEARD,
        files={**ON_KUBERNETES, SERVER: text},
    )


TO = "{static_configs: [{targets: ['alertmanager:9093']}]}"
CHEATS = (
    served("other.yaml", TO), served("rules.yaml"), served("rules.yml", TO),
    *(Case(id=id_, probes=HEARD, files=receiver(kind)) for id_, kind in (
        ("null", ""),
        ("to itself", "    webhook_configs: [{url: 'http://127.0.0.1:9/'}]\n"),
        ("to an example", "    webhook_configs: [{url: 'https://example.com/hook'}]\n"),
        ("to a placeholder", "    slack_configs: [{api_url: '<YOUR_SLACK_WEBHOOK>', channel: '#changeme'}]\n"),
    )),
    Case(id="muted all week", probes=HEARD, files=muted(ALWAYS)),
    Case(id="waits a year", probes=HEARD, files=changed(ON_KUBERNETES, (ROUTES, "      receiver: pager\n", "      receiver: pager\n      group_wait: 8760h\n"))),
    *(Case(id=f"rule {new}", probes=HEARD, files=changed(ON_KUBERNETES, (RULES, "> 0.01", new))) for new in (
        "> 0.01 unless on() vector(1)", "* 0 > 0.01", "< 0", "> 1",
    )),
    *(Case(id=f"tokens {new}", probes=TOKENS, files=changed(ON_KUBERNETES, (RULES, "> 600000", new))) for new in ("> 1e15", "> +Inf")),
    *(Case(id=f"slo {old} {new}", probes=OBJECTIVE, files=changed(ON_KUBERNETES, (SLO, old, new))) for old, new in (
        ("target: 0.99", "target: 0"), ("target: 0.99", "target: 0.0001"), ("target: 0.99", "target: 1"),
        ("duration: 28d", "duration: 1m"), ("duration: 28d", "duration: 0d"), ('{status!~"5.."}', ""),
        ('sum(rate(desk_requests_total{status!~"5.."}[5m]))', "vector(1)"),
    )),
    Case(id="mail to an example", probes=HEARD, files=changed(ON_RUN, (TF, '"pagerduty"', '"email"'), (TF, '{ service = "desk" }', '{ email_address = "changeme@example.com" }'))),
    Case(id="a goal of nothing", probes=OBJECTIVE, files=changed(ON_RUN, (TF, "0.99", "0.0"))),
    Case(id="a draft", probes=TOKENS, files=changed(ON_RUN, (TF, '"tokens"', '"tokens"\n  draft_status = "draft"'))),
    Case(id="to nobody", probes=TOKENS, files=changed(ON_RUN, (TF, "@slack-desk", "@todo"))),
    *(Case(id=f"policy {switch}", probes=(safety.taxonomy_is_reflected_in_guard_rules,), files={**RULED, "config/guard-rules.yaml": f"{switch}\n{GUARD_RULES}"})
      for switch in ("enabled: false", "mode: monitor", "mode: 'dry-run'", "enforcement: log_only")),
    Case(id="a key file in the code", probes=KEYLESS, files={**ON_RUN, "app/login.py": "from google.oauth2 import service_account\nlogin = service_account.Credentials.from_service_account_file('/secrets/sa.json')\n"}),
    Case(id="a key file in the image", probes=KEYLESS, files={**ON_RUN, "Dockerfile": "FROM python:3.13\nCOPY sa.json /sa.json\nENV GOOGLE_APPLICATION_CREDENTIALS=/sa.json\nCMD python -m app\n"}),
    Case(id="a key file on gitlab", probes=KEYLESS, files={**ON_RUN, ".gitlab-ci.yml": "deploy:\n  script:\n    - gcloud auth activate-service-account --key-file=$SA\n    - gcloud run deploy desk\n"}),
    Case(id="a key file on github", probes=KEYLESS, files={**ON_RUN, ".github/workflows/d.yml": "on: push\njobs:\n  d:\n    steps:\n      - run: gcloud auth activate-service-account --key-file=sa.json\n      - run: gcloud run deploy desk\n"}),
    *(Case(id=f"any certificate {call}", probes=ENCRYPTED, files={**ON_RUN, "app/shifts.py": f"import httpx\nimport requests\n\n\ndef shifts():\n    return {call}\n"}) for call in (
        "httpx.Client(verify=False).get('https://shift.example.jp')", "requests.get('https://shift.example.jp', verify=False, timeout=5)", "httpx.AsyncClient(verify=False)",
    )),
    *(Case(id=f"autoscaler {new}", probes=SCALES, files=scaled((old, new))) for old, new in (
        ("averageUtilization: 60", "averageUtilization: 100000"),
        ("maxReplicas: 10", "maxReplicas: 10\n  behavior: {scaleUp: {selectPolicy: Disabled}}"),
        ("maxReplicas: 10", "maxReplicas: 2"),
    )),
    *(Case(id=f"keda {new}", probes=SCALES, files=keda(old, new)) for old, new in (
        ('"60"', '"90000"'),
        ("namespace: desk}", "namespace: desk, annotations: {autoscaling.keda.sh/paused: 'true'}}"),
        ("namespace: desk}", "namespace: desk, annotations: {autoscaling.keda.sh/paused-replicas: '2'}}"),
        ("maxReplicaCount: 10", "maxReplicaCount: 10\n  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {selectPolicy: Disabled}}}}"),
    )),
)  # fmt: skip
HONEST_CASES = (
    served("rules.yaml", TO), served("*.yaml", TO),
    Case(id="mounted under another name", probes=HEARD, files={**ON_KUBERNETES, SERVER: LOADS.replace("RULES", "all.yaml").replace("SENDS", TO), "compose.yaml": "services: {prometheus: {image: prom/prometheus, volumes: ['./monitoring/rules.yaml:/etc/prometheus/all.yaml']}}\n"}),
    Case(id="a certificate that is checked", probes=ENCRYPTED, files={**ON_RUN, "app/shifts.py": "import httpx\n\n\ndef shifts():\n    return httpx.Client(verify=True).get('https://shift.example.jp')\n"}),
    Case(id="autoscaler", probes=SCALES, files=scaled()),
    Case(id="keda", probes=SCALES, files=keda("Utilization", "Utilization")),
    Case(id="autoscaler that never scales down", probes=SCALES, files=scaled(("maxReplicas: 10", "maxReplicas: 10\n  behavior: {scaleDown: {selectPolicy: Disabled}}"))),
    Case(id="autoscaler with a second target", probes=SCALES, files=scaled(("averageUtilization: 60}}", "averageUtilization: 5000}}\n    - type: Pods\n      pods: {metric: {name: queued}, target: {type: AverageValue, averageValue: '10'}}"))),
    Case(id="kubernetes", probes=(*HEARD, *TOKENS, *OBJECTIVE, *KEYLESS), files=ON_KUBERNETES),
    Case(id="cloud run", probes=(*HEARD, *TOKENS, *OBJECTIVE, *KEYLESS), files=ON_RUN),
    Case(id="policy enabled", probes=(safety.taxonomy_is_reflected_in_guard_rules,), files={**RULED, "config/guard-rules.yaml": f"enabled: true\nmode: block\n{GUARD_RULES}"}),
    Case(id="muted at night", probes=HEARD, files=muted(NIGHTS)),
)  # fmt: skip
