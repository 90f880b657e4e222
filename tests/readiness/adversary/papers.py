"""Papers that have every heading and row that is asked for, and say nothing."""

# ruff: noqa: E501 - tables read best unbroken

import json

from tenken.readiness.probes import quality, resilience, safety
from tests.readiness.adversary.ground import Case, Files, changed
from tests.readiness.probes.cases_quality import rows
from tests.readiness.probes.cases_resilience import EN, RUNBOOK_EN, SCENARIOS_EN
from tests.readiness.probes.cases_safety import INCIDENT_EN, RISKS, RULED

LISTED = (
    resilience.llm_api_failures_are_listed,
    resilience.dependency_failures_are_listed,
    resilience.network_failures_are_listed,
    resilience.resource_failures_are_listed,
)
RUNBOOKS = (resilience.scenarios_have_runbooks,)
TAXONOMY = (safety.risk_taxonomy_is_own,)
GOLDEN = (quality.golden_set_covers_the_use_cases,)
RULES = (safety.taxonomy_is_reflected_in_guard_rules,)
ESCALATED, EMERGENCY = (
    (safety.safety_incidents_are_escalated,),
    (safety.emergency_actions_are_written,),
)
SCENARIOS, LLM, REDIS = (
    "docs/failure-scenarios.md",
    "docs/runbooks/llm.md",
    "docs/runbooks/redis.md",
)
PROCESS = "docs/safety/incident-process.md"
COMMAND = "gcloud run services update desk --update-env-vars DESK_ANSWERS=off"
WHATS = (
    "The provider answers with 429 or 5xx",
    "Redis does not answer",
    "DNS of the provider fails",
    "Memory of an instance runs out",
)
FILLER = "# Outage\n\nOwner: desk\n" + "".join(
    f"\n## {heading}\nDo what is needed in the console.\n" for heading in ("Detect", "Act", "Verify", "Roll back")
)  # fmt: skip


def runbooks(detect: str, act: str, verify: str, undo: str) -> Files:
    """Two runbooks with these words under their headings, and the title of each."""
    texts = zip(("Detect", "Act", "Verify", "Roll back"), (detect, act, verify, undo), strict=True)
    body = "".join(f"\n## {heading}\n{text}\n" for heading, text in texts)
    return {
        **EN,
        LLM: f"# LLM API outage\n\nOwner: desk\n{body}",
        REDIS: f"# Redis outage\n\nOwner: desk\n{body.replace('desk', 'cache')}",
    }


def alike(what: str) -> Files:
    """Four scenarios of four classes in the same words."""
    return changed(
        EN,
        *(
            (SCENARIOS, one, f"{what}{mark}")
            for one, mark in zip(WHATS, ("", ".", " ", " 4"), strict=True)
        ),
    )


def process(*changes: tuple[str, str]) -> Files:
    """The process for incidents with a few texts replaced."""
    return changed({PROCESS: INCIDENT_EN}, *((PROCESS, old, new) for old, new in changes))


def golden(question: str, answer: str) -> Files:
    """A golden set of thirty rows, numbered where the texts say so."""
    lines = ({"input": question.format(at), "expected": answer.format(at)} for at in range(30))
    return {"evals/golden.jsonl": "\n".join(json.dumps(line) for line in lines)}


def reached_by(contact: str) -> Files:
    """The process with one contact."""
    return process(("desk-oncall@example.jp, then #desk-safety", contact))


CHEATS = (
    Case(id="four scenarios in the same words", probes=LISTED, files=alike("Something stops and nobody knows why")),
    Case(id="one runbook copied", probes=RUNBOOKS, files={**EN, REDIS: RUNBOOK_EN.replace("LLM API outage", "Redis outage")}),
    Case(id="one runbook copied with another figure", probes=RUNBOOKS, files={**EN, REDIS: RUNBOOK_EN.replace("LLM API outage", "Redis outage").replace("above 5 %", "above 7 %")}),
    Case(id="runbooks of filler", probes=RUNBOOKS, files={**EN, LLM: FILLER, REDIS: FILLER.replace("needed", "asked for")}),
    *(Case(id=f"runbooks: {words[1]}", probes=RUNBOOKS, files=runbooks(*words)) for words in (
        ("Look at the alert that fired and understand the situation.", "Do what is needed to bring the service back in the console.", "Make sure that everything works again as it should.", "Undo what was done if it made things worse."),
        ("Describe how this failure is detected.", "Describe the steps that the person on call takes.", "Describe how to verify that it has recovered.", "Describe how to roll the change back."),
        ("Watch the dashboard of the service.", "Run `command` as written.", "Run `check` and look at it.", "Run `rollback` if it is worse."),
        ("`curl https://<host>/healthz` fails.", "`kubectl rollout restart deployment/<name>`", "`curl https://<host>/readyz`", "`kubectl rollout undo deployment/<name>`"),
        ("`# curl https://desk.example.jp/healthz` fails often", "`# gcloud run services update desk`", "`# curl https://desk.example.jp/readyz`", "`# gcloud run services update-traffic desk`"),
        ("アラートを確認し、状況を把握する。", "コンソールで必要な対応を行う。", "正常に動作していることを確認する。", "必要に応じて対応を元の状態へ戻しておく。"),
    )),
    Case(id="runbooks that echo", probes=RUNBOOKS, files={path: text.replace("gcloud", "echo gcloud").replace("`curl", "`echo curl").replace("https://", "").replace("dashboard", "figure").replace("ダッシュボード", "値") if "runbooks" in path else text for path, text in EN.items()}),
    *(Case(id=f"emergency {new}", probes=EMERGENCY, files=process((COMMAND, new))) for new in ("echo stop", "echo stop && exit 0", "sleep 10", "true ; echo done", "printf stopped | echo ok")),
    *(Case(id=f"contact {new}", probes=ESCALATED, files=reached_by(new)) for new in ("oncall@example.com", "desk@mail.example.org.", "pager@desk.invalid", "safety@desk.test and a@example.net", "@oncall")),
    Case(id="one example for every risk", probes=TAXONOMY, files=changed({"docs/risks.yaml": RISKS}, ("docs/risks.yaml", "「明日必ず支払われます」と回答する", "tells a worker to sue"))),
    *(Case(id=f"policy in {id_}", probes=RULES, files={**RULED, "app/guard.py": text}) for id_, text in (
        ("the docstring of a module", '"""The guard follows "config/guard-rules.yaml"."""\n'),
        ("the docstring of a function", 'def guard(text):\n    """Apply the rules.\n\n    See `config/guard-rules.yaml` for them.\n    """\n    return text\n'),
        ("a text handed to nobody", 'def guard(text):\n    "config/guard-rules.yaml"\n    return text\n'),
        ("a comment", 'def guard(text):\n    return text  # follows "config/guard-rules.yaml"\n'),
    )),
    Case(id="golden that expects its input", probes=GOLDEN, files=golden("When is wage {} paid?", "When is wage {} paid")),
    Case(id="golden of one answer", probes=GOLDEN, files=golden("When is wage {} paid?", "On the 25th.")),
)  # fmt: skip
HONEST_CASES = (
    Case(id="golden", probes=GOLDEN, files={"evals/golden.jsonl": rows()}),
    Case(id="papers", probes=(*LISTED, *RUNBOOKS), files=EN),
    *(Case(id=f"runbooks: {act}", probes=RUNBOOKS, files={**EN, LLM: RUNBOOK_EN.replace("`gcloud run services update desk --update-env-vars LLM_PROVIDER=vertex`", act)}) for act in (
        'Open the console of Cloud Run, service "desk", and choose the last revision.', "`./stop-desk.sh`", "`kubectl delete pod <pod>`, then `kubectl rollout restart deployment/desk`",
    )),
    Case(id="rules", probes=(*TAXONOMY, *RULES), files=RULED),
    Case(id="process", probes=(*ESCALATED, *EMERGENCY), files=process()),
    Case(id="a switch that is written", probes=EMERGENCY, files=process((COMMAND, "echo off > /run/desk/mode"))),
    Case(id="an answer that is piped", probes=EMERGENCY, files=process((COMMAND, "echo yes | ./stop-desk.sh"))),
    Case(id="one contact that is real", probes=ESCALATED, files=reached_by("oncall@example.com or #desk-safety")),
    Case(id="one failure beside others", probes=LISTED, files=changed(EN, (SCENARIOS, SCENARIOS_EN.splitlines()[-1], f"{SCENARIOS_EN.splitlines()[-1]}\n| F5 | Resource | Memory of an instance runs out | 20 | 100 JPY | as F4 | [redis](runbooks/redis.md) |"))),
)  # fmt: skip
