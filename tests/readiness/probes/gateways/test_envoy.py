"""Resources of an Envoy AI Gateway are read like the files of any other gateway."""

# ruff: noqa: E501 - tables read best with one case a line

from textwrap import dedent

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import resilience, scalability, stability
from tenken.readiness.probes.registry import Probe
from tests.readiness.estates.survey import Files
from tests.readiness.probes.gateways.behind import APPLICATION, DEPLOYED, spoiled, survey_of

ADDRESS = "http://envoy-ai-models-1a2b3c4d.envoy-gateway-system.svc.cluster.local/v1"
ENVOY: Files = {
    **APPLICATION,
    "k8s/desk.yaml": DEPLOYED.replace("ADDRESS", ADDRESS),
    "k8s/gateway.yaml": dedent("""\
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: models, namespace: ai}
        spec:
          listeners: [{name: http, protocol: HTTP, port: 80, hostname: models.example.jp}]
        ---
        apiVersion: aigateway.envoyproxy.io/v1alpha1
        kind: AIGatewayRoute
        metadata: {name: chat, namespace: ai}
        spec:
          parentRefs: [{name: models, kind: Gateway, group: gateway.networking.k8s.io}]
          rules:
            - matches:
                - headers: [{type: Exact, name: x-ai-eg-model, value: chat}]
              backendRefs:
                - {name: first, modelNameOverride: gpt-4.1, priority: 0}
                - {name: second, modelNameOverride: claude-sonnet-4-5, priority: 1}
              timeouts: {request: 20s}
        ---
        apiVersion: aigateway.envoyproxy.io/v1alpha1
        kind: AIServiceBackend
        metadata: {name: first, namespace: ai}
        spec: {schema: {name: OpenAI}, backendRef: {name: first, kind: Backend}}
        ---
        apiVersion: aigateway.envoyproxy.io/v1alpha1
        kind: AIServiceBackend
        metadata: {name: second, namespace: ai}
        spec: {schema: {name: Anthropic}, backendRef: {name: second, kind: Backend}}
        """),
    "k8s/policy.yaml": dedent("""\
        apiVersion: gateway.envoyproxy.io/v1alpha1
        kind: BackendTrafficPolicy
        metadata: {name: chat, namespace: ai}
        spec:
          targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: chat}]
          retry:
            numRetries: 3
            perRetry: {backOff: {baseInterval: 100ms, maxInterval: 10s}, timeout: 30s}
            retryOn: {httpStatusCodes: [429, 500, 503], triggers: [connect-failure]}
          healthCheck:
            passive: {baseEjectionTime: 5s, consecutive5XxErrors: 3}
          rateLimit:
            type: Global
            global:
              rules:
                - clientSelectors: [{headers: [{name: x-ai-eg-model, value: chat}]}]
                  limit: {requests: 450000, unit: Minute}
        """),
}
MADE: tuple[Probe, ...] = (
    stability.fallback_target_is_set_on_every_call,
    stability.retry_policy_is_stated_on_every_call,
    stability.timeout_is_stated_on_every_call,
    scalability.calls_pass_a_provider_rate_limiter,
    resilience.retries_depend_on_the_error,
    resilience.retries_back_off_exponentially,
    resilience.circuit_breaker_guards_calls,
    resilience.independent_targets_exist,
    resilience.failover_is_reachable,
)
BY_HOST = (ADDRESS, "http://models.example.jp:80/v1")
OF_GATEWAY = ("kind: HTTPRoute, name: chat", "kind: Gateway, name: models")
"""The same in other words: by the name it listens to, by a policy on the whole gateway."""


@pytest.mark.parametrize("probe", MADE)
@pytest.mark.parametrize("spelling", [("", ""), BY_HOST, OF_GATEWAY], ids=["route", "host", "all"])
def test_what_it_does_for_a_name_holds(probe: Probe, spelling: tuple[str, str]) -> None:
    """Timeouts, retries, ranks, limits and what puts a failing backend aside."""
    files = spoiled(ENVOY, *spelling) if spelling[0] else ENVOY

    assert probe(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize("probe", MADE)
@pytest.mark.parametrize(
    "spelling",
    [
        (ADDRESS, "https://api.openai.com/v1"),
        (ADDRESS, "http://envoy-other-models-1a2b3c4d.envoy-gateway-system.svc.cluster.local/v1"),
        ("OPENAI_BASE_URL", "OPENAI_ORGANIZATION"),
    ],
    ids=["provider", "another name space", "unset"],
)  # fmt: skip
def test_a_call_that_does_not_go_there_has_none_of_it(
    probe: Probe, spelling: tuple[str, str]
) -> None:
    """The resources stand, and nobody asks them."""
    assert probe(survey_of(spoiled(ENVOY, *spelling))).holding is not Holding.HOLDS


SPOILED = [
    (stability.retry_policy_is_stated_on_every_call, "numRetries: 3", "numRetries: 0"),
    (stability.retry_policy_is_stated_on_every_call, "name: chat}]\n  retry", "name: x}]\n  retry"),
    (stability.timeout_is_stated_on_every_call, "kind: HTTPRoute, name: chat", "kind: X, name: c"),
    (scalability.calls_pass_a_provider_rate_limiter, "{name: x-ai-eg-model, value: chat}]}]\n",
     "{name: x-user-id, type: Distinct}]}]\n"),
    (resilience.retries_depend_on_the_error, "[429, 500, 503]", "[400, 401, 500]"),
    (resilience.retries_back_off_exponentially, "backOff: {baseInterval: 100ms, maxInterval: 10s}, ",
     ""),
    (resilience.circuit_breaker_guards_calls, "consecutive5XxErrors: 3", "consecutive5XxErrors: 0"),
    (resilience.independent_targets_exist, "schema: {name: Anthropic}", "schema: {name: OpenAI}"),
    (resilience.failover_is_reachable, "targetRefs: [{group", "ignoredRefs: [{group"),
    (resilience.failover_is_reachable, "name: second, modelName", "name: third, modelName"),
]  # fmt: skip


@pytest.mark.parametrize(("probe", "old", "new"), SPOILED)
def test_what_a_resource_does_not_state_is_not_there(probe: Probe, old: str, new: str) -> None:
    """A policy that aims elsewhere, a limit for each user, a backend that nobody declares."""
    files = spoiled(ENVOY, old, new)
    if probe is stability.timeout_is_stated_on_every_call:
        files = spoiled(files, "      timeouts: {request: 20s}\n", "")

    assert probe(survey_of(files)).holding is not Holding.HOLDS


HOSTS = """
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: first, namespace: ai}
spec: {endpoints: [{fqdn: {hostname: one.example.jp, port: 443}}]}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: second, namespace: ai}
spec: {endpoints: [{fqdn: {hostname: two.example.com, port: 443}}]}
"""


def test_two_hosts_that_speak_alike_are_two_targets() -> None:
    """And one host under two names is one."""
    alike = spoiled(ENVOY, "schema: {name: Anthropic}", "schema: {name: OpenAI}")
    apart = {**alike, "k8s/hosts.yaml": HOSTS}
    same = {**alike, "k8s/hosts.yaml": HOSTS.replace("two.example.com", "one.example.jp")}

    assert resilience.independent_targets_exist(survey_of(apart)).holding is Holding.HOLDS
    assert resilience.independent_targets_exist(survey_of(same)).holding is not Holding.HOLDS


def test_routes_on_the_same_door_are_one_gateway() -> None:
    """A call for a name that another route of it serves is no call for a name without a route."""
    other = ENVOY["k8s/gateway.yaml"].partition("---\n")[2].partition("---\n")[0]
    files = {**ENVOY, "k8s/other.yaml": other.replace("chat", "talk")}
    (gateway,) = survey_of(files).gateways.gateways

    assert [one.name for one in gateway.routes] == ["chat", "talk"]
