"""Calls through a gateway are worth what its files state; a way past it, or a hole, is told."""

import pytest

from tenken.evidence import Answer, Grade, Holding
from tenken.readiness.probes import resilience, safety, scalability, stability
from tenken.readiness.probes.registry import Probe
from tests.readiness.estates.survey import Files
from tests.readiness.probes.gateways.behind import LITELLM, OURS, spoiled, survey_of

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
    safety.input_guard_blocks_injection,
    safety.input_guard_blocks_pii,
    safety.output_guard_stops_pii,
    safety.guard_violations_are_recorded,
)
PRODUCTS = {"ours": OURS, "litellm": LITELLM}
SECOND_CLIENT = (
    "client = OpenAI()\n",
    (
        'client = OpenAI()\nother = OpenAI(base_url="https://api.openai.com/v1")\n\n\n'
        "def also(text: str) -> str:\n"
        '    messages = [{"role": "user", "content": text}]\n'
        '    return other.chat.completions.create(model="chat", messages=messages)\n'
    ),
)
UNSET = ("OPENAI_BASE_URL", "OPENAI_ORGANIZATION")
TO_PROVIDER = ('https://gateway.example.jp/v1"}', 'https://api.openai.com/v1"}')


def ids(answer: Answer) -> set[str]:
    """The sentences of its findings."""
    return {one.sentence.id for one in answer.findings}


@pytest.mark.parametrize("probe", MADE)
@pytest.mark.parametrize("files", PRODUCTS.values(), ids=PRODUCTS)
def test_what_the_gateway_does_is_configured_and_never_more(probe: Probe, files: Files) -> None:
    """Whoever made the gateway."""
    answer = probe(survey_of(files))

    assert answer.holding is Holding.HOLDS, answer
    assert answer.grade is Grade.CONFIGURED
    assert answer.seen[0].place is not None


@pytest.mark.parametrize("probe", MADE)
@pytest.mark.parametrize("files", PRODUCTS.values(), ids=PRODUCTS)
@pytest.mark.parametrize("way", [SECOND_CLIENT, UNSET], ids=["second client", "unset"])
def test_a_way_past_the_gateway_is_never_a_pass(
    probe: Probe, files: Files, way: tuple[str, str]
) -> None:
    """A second client, or a deployment that forgets the address."""
    answer = probe(survey_of(spoiled(files, *way)))

    assert answer.holding is not Holding.HOLDS, answer


@pytest.mark.parametrize("files", PRODUCTS.values(), ids=PRODUCTS)
def test_the_second_client_is_told_with_its_place(files: Files) -> None:
    """File and line of the client that goes past."""
    answer = stability.timeout_is_stated_on_every_call(survey_of(spoiled(files, *SECOND_CLIENT)))

    (told,) = [one for one in answer.findings if one.sentence.id == "gateways.bypassed"]
    assert str(told.place) == "app/llm.py:4"


def test_one_environment_that_goes_to_the_provider_is_told() -> None:
    """Production has two deployments, and one of them names the provider's address."""
    other = OURS["k8s/desk.yaml"].replace("name: desk}", "name: desk-batch}").replace(*TO_PROVIDER)
    answer = resilience.circuit_breaker_guards_calls(survey_of({**OURS, "k8s/batch.yaml": other}))

    assert answer.holding is Holding.PARTLY
    (told,) = [one for one in answer.findings if one.sentence.id == "gateways.bypassed"]
    assert told.place is not None
    assert told.place.path == "k8s/batch.yaml"


@pytest.mark.parametrize(
    ("files", "old", "new"),
    [
        (OURS, 'behind: {urls: ["https://gateway.example.jp/v1"]}', ""),
        (OURS, 'urls: ["https://gateway', 'urls: ["https://gateway2'),
        (LITELLM, "http://llm-proxy:4000", "https://llm.example.jp"),
        (LITELLM, "ghcr.io/berriai/litellm:main-stable", "registry.example.jp/other:1"),
        (LITELLM, "metadata: {name: llm-proxy}", "metadata: {name: another}"),
    ],
)
def test_an_address_that_nobody_claims_is_not_taken_for_the_gateway(
    files: Files, old: str, new: str
) -> None:
    """It may be a gateway with other settings: what stands here says nothing of it."""
    answer = resilience.circuit_breaker_guards_calls(survey_of(spoiled(files, old, new)))

    assert answer.holding is Holding.UNKNOWN, answer
    assert "gateways.unclaimed" in ids(answer)


BEHIND = """\
application: {name: desk, owner: desk-team}
behind: {urls: ["https://llm.example.jp/v1"], file: FILE}
"""


@pytest.mark.parametrize(
    ("file", "address", "counts"),
    [
        ("proxy/config.yaml", "https://llm.example.jp", True),
        ("proxy/config.yaml", "https://other.example.jp", False),
        ("proxy/config.yaml", "http://llm.example.jp", False),
        ("proxy/other.yaml", "https://llm.example.jp", False),
    ],
)
def test_a_file_of_another_product_may_be_named(file: str, address: str, *, counts: bool) -> None:
    """Its address and its settings, where no workload here runs it."""
    moved = spoiled(LITELLM, "http://llm-proxy:4000", address)
    files = {**moved, "tenken.yaml": BEHIND.replace("FILE", file)}
    answer = resilience.circuit_breaker_guards_calls(survey_of(files))

    assert (answer.holding is Holding.HOLDS) == counts, answer


def test_of_two_files_none_is_guessed() -> None:
    """Which of them the workload reads is not seen."""
    files = {**LITELLM, "staging/config.yaml": LITELLM["proxy/config.yaml"]}
    answer = resilience.circuit_breaker_guards_calls(survey_of(files))

    assert answer.holding is Holding.UNKNOWN


def test_a_gateway_beside_the_application_is_found() -> None:
    """A container of the same workload, by the loopback address; none there is no gateway."""
    side = "        - {name: proxy, image: 'ghcr.io/berriai/litellm:1'}\n"
    desk = LITELLM["k8s/desk.yaml"].replace("http://llm-proxy:4000", "http://localhost:4000")
    apart = {**LITELLM, "k8s/desk.yaml": desk}
    beside = {**apart, "k8s/desk.yaml": desk.replace("containers:\n", f"containers:\n{side}")}
    probe = resilience.circuit_breaker_guards_calls

    assert probe(survey_of(beside)).holding is Holding.HOLDS
    assert probe(survey_of(apart)).holding is Holding.UNKNOWN


def test_an_address_of_somebody_elses_gateway_leaves_it_open() -> None:
    """No file here tells what it does; without the address nothing is done, and that is told."""
    files = {path: OURS[path] for path in OURS if path.startswith(("app", "k8s"))}
    probe = resilience.circuit_breaker_guards_calls

    answer = probe(survey_of(files))
    assert answer.holding is Holding.UNKNOWN
    assert "gateways.unclaimed" in ids(answer)
    assert probe(survey_of(spoiled(files, *UNSET))).holding is Holding.FAILS


PROD = """\
environments:
  prod:
    routes:
      - {name: chat, use_case: answer, targets: [first], timeouts: {total_s: 20}}
"""


@pytest.mark.parametrize("stage", ["prod", "dev"])
def test_what_production_puts_in_place_of_a_route_counts(stage: str) -> None:
    """A route of production without a second target; one of development says nothing of it."""
    text = OURS["tenken.yaml"] + PROD.replace("prod:", f"{stage}:")
    survey = survey_of({**OURS, "tenken.yaml": text})
    answer = stability.fallback_target_is_set_on_every_call(survey)

    assert (answer.holding is Holding.HOLDS) == (stage == "dev"), answer


def test_a_route_that_nobody_may_call_is_told() -> None:
    """A draft of routes is no gateway that serves them."""
    files = spoiled(OURS, "routes: [chat], limits", "models: [first], limits")
    answer = resilience.failover_is_reachable(survey_of(files))

    assert answer.holding is Holding.PARTLY
    assert "gateways.no_caller" in ids(answer)


HOLES = [
    (OURS, stability.fallback_target_is_set_on_every_call, "[first, second]", "[first]"),
    (OURS, resilience.independent_targets_exist, "[first, second]", "[first]"),
    (OURS, resilience.independent_targets_exist, "provider: anthropic", "provider: openai"),
    (OURS, stability.timeout_is_stated_on_every_call, ", total_s: 20", ""),
    (OURS, stability.retry_policy_is_stated_on_every_call,
     "    retry: {attempts: 3, base_s: 0.5, max_s: 2}\n", ""),
    (OURS, resilience.retries_depend_on_the_error, "attempts: 3", "attempts: 1"),
    (OURS, scalability.calls_pass_a_provider_rate_limiter, ", limits: {rpm: 600}", ""),
    (OURS, scalability.calls_pass_a_provider_rate_limiter, "limits: {rpm: 600}",
     "limits: {rpm: 90000}"),
    (OURS, safety.guard_violations_are_recorded, "durability: volume", "durability: local"),
    (LITELLM, stability.fallback_target_is_set_on_every_call, "{chat: [spare]}",
     "{spare: [chat]}"),
    (LITELLM, stability.fallback_target_is_set_on_every_call, "{chat: [spare]}", "{chat: [gone]}"),
    (LITELLM, resilience.independent_targets_exist, "anthropic/claude-sonnet-4-5", "openai/gpt-5"),
    (LITELLM, stability.timeout_is_stated_on_every_call, "request_timeout: 20", "x: 20"),
    (LITELLM, stability.timeout_is_stated_on_every_call, "request_timeout: 20",
     "request_timeout: 6000"),
    (LITELLM, stability.retry_policy_is_stated_on_every_call, "num_retries: 2", "x: 2"),
    (LITELLM, resilience.retries_back_off_exponentially, "num_retries: 2", "num_retries: 0"),
    (LITELLM, resilience.circuit_breaker_guards_calls,
     "  allowed_fails: 3\n  cooldown_time: 30\n", ""),
    (LITELLM, scalability.calls_pass_a_provider_rate_limiter, "enable_pre_call_checks: true",
     "enable_pre_call_checks: false"),
    (LITELLM, scalability.calls_pass_a_provider_rate_limiter, ", rpm: 500}", "}"),
    (LITELLM, safety.input_guard_blocks_injection, "mode: pre_call, default_on: true",
     "mode: pre_call"),
    (LITELLM, safety.input_guard_blocks_injection, "mode: pre_call,", "mode: logging_only,"),
    (LITELLM, safety.input_guard_blocks_injection, "mode: pre_call,", "mode: post_call,"),
    (LITELLM, safety.input_guard_blocks_injection, "mode: pre_call,",
     "unreachable_fallback: fail_open, mode: pre_call,"),
    (LITELLM, safety.input_guard_blocks_injection, "azure/prompt_shield", "custom.mine"),
    (LITELLM, safety.output_guard_stops_pii, "[pre_call, post_call]", "[pre_call]"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "probe", "old", "new"), HOLES)
def test_what_a_gateway_does_not_state_is_no_pass(
    files: Files, probe: Probe, old: str, new: str
) -> None:
    """One setting taken out, switched off or pointed nowhere."""
    answer = probe(survey_of(spoiled(files, old, new)))

    assert answer.holding is not Holding.HOLDS, answer
    assert answer.findings or answer.missing
