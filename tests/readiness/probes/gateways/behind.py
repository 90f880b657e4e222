"""One application with nothing around its model calls, behind either of two gateways."""

from datetime import UTC, datetime
from functools import lru_cache
from textwrap import dedent

from tenken.config.load import load_manifest, no_platform
from tenken.readiness.collectors.code.collect import collect as collect_code
from tenken.readiness.collectors.documents.collect import collect as collect_documents
from tenken.readiness.collectors.gateways.collect import collect as collect_gateways
from tenken.readiness.collectors.infrastructure.collect import collect as collect_infrastructure
from tenken.readiness.collectors.monitoring.collect import collect as collect_monitoring
from tenken.readiness.collectors.pipeline.collect import collect as collect_pipeline
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tests.readiness.estates.survey import Files
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
APPLICATION: Files = {
    "app/__init__.py": "",
    "app/llm.py": dedent("""\
        from openai import OpenAI

        client = OpenAI()


        def ask(text: str) -> str:
            messages = [{"role": "user", "content": text}]
            answer = client.chat.completions.create(model="chat", messages=messages)
            return answer.choices[0].message.content
        """),
    "app/main.py": dedent("""\
        from fastapi import FastAPI

        from app import llm

        app = FastAPI()


        @app.post("/answers")
        def create(text: str) -> dict:
            return {"text": llm.ask(text)}


        @app.post("/more")
        def more(text: str) -> dict:
            return {"text": llm.also(text)}
        """),
}
DEPLOYED = dedent("""\
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: desk}
    spec:
      template:
        spec:
          containers:
            - name: app
              image: registry.example.jp/desk:1
              env:
                - {name: OPENAI_BASE_URL, value: "ADDRESS"}
                - name: OPENAI_API_KEY
                  valueFrom: {secretKeyRef: {name: desk, key: gateway-key}}
    """)
OURS: Files = {
    **APPLICATION,
    "k8s/desk.yaml": DEPLOYED.replace("ADDRESS", "https://gateway.example.jp/v1"),
    "tenken.yaml": dedent("""\
        application: {name: desk, owner: desk-team}
        use_cases: [{id: answer, description: Answers}]
        models:
          - {id: first, provider: openai, model: gpt-4.1, limits: {rpm: 5000}}
          - {id: second, provider: anthropic, model: claude-sonnet-4-5}
        routes:
          - name: chat
            use_case: answer
            targets: [first, second]
            timeouts: {connect_s: 3, total_s: 20}
            retry: {attempts: 3, base_s: 0.5, max_s: 2}
        callers:
          - {id: desk, routes: [chat], limits: {rpm: 600}}
        gateway: {journal: {durability: volume}}
        behind: {urls: ["https://gateway.example.jp/v1"]}
        """),
    "guard/policy.yaml": dedent("""\
        version: 1
        language: ja
        """),
}
LITELLM: Files = {
    **APPLICATION,
    "k8s/desk.yaml": DEPLOYED.replace("ADDRESS", "http://llm-proxy:4000"),
    "k8s/proxy.yaml": dedent("""\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm-proxy}
        spec:
          template:
            spec:
              containers:
                - name: proxy
                  image: ghcr.io/berriai/litellm:main-stable
                  args: ["--config", "/etc/proxy/config.yaml"]
        """),
    "proxy/config.yaml": dedent("""\
        model_list:
          - model_name: chat
            litellm_params: {model: openai/gpt-4.1, api_key: os.environ/OPENAI, rpm: 500}
          - model_name: spare
            litellm_params: {model: anthropic/claude-sonnet-4-5, rpm: 500}
        router_settings:
          num_retries: 2
          allowed_fails: 3
          cooldown_time: 30
          enable_pre_call_checks: true
          fallbacks: [{chat: [spare]}]
        litellm_settings:
          request_timeout: 20
          callbacks: [otel]
        guardrails:
          - guardrail_name: injection
            litellm_params: {guardrail: azure/prompt_shield, mode: pre_call, default_on: true}
          - guardrail_name: personal
            litellm_params:
              guardrail: presidio
              mode: [pre_call, post_call]
              default_on: true
        """),
}


def survey_of(files: Files) -> Survey:
    """Everything that collectors find in the files; many tests ask of the same."""
    return _survey(tuple(sorted(files.items())))


@lru_cache(maxsize=8)
def _code(pairs: tuple[tuple[str, str], ...]) -> CodeFacts:
    return collect_code(FakeTree(dict(pairs)))


@lru_cache(maxsize=64)
def _survey(pairs: tuple[tuple[str, str], ...]) -> Survey:
    files = dict(pairs)
    tree = FakeTree(files)
    text = files.get("tenken.yaml")
    manifest = load_manifest(text, file="tenken.yaml", platform=no_platform) if text else None
    pipeline = collect_pipeline(tree)
    infrastructure = collect_infrastructure(tree, pipeline)
    return Survey(
        now=NOW,
        tree=tree,
        repository=RepositoryFacts(is_git=True),
        pipeline=pipeline,
        infrastructure=infrastructure,
        monitoring=collect_monitoring(tree, infrastructure),
        code=_code(tuple(pair for pair in pairs if pair[0].startswith("app/"))),
        documents=collect_documents(tree, manifest, ()),
        gateways=collect_gateways(tree, manifest, NOW.date()),
        manifest=manifest,
    )


def spoiled(files: Files, old: str, new: str) -> dict[str, str]:
    """The files with one text replaced wherever it stands; it must stand somewhere."""
    assert any(old in text for text in files.values()), f"{old!r} is nowhere"
    return {path: text.replace(old, new) for path, text in files.items()}
