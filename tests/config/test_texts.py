"""Texts are stored only under a key, and only as far as the platform lets them be."""

import pytest

from tenken.config.load import PlatformText, load_manifest
from tenken.errors import Malformed

BASE = """\
extends: {platform: platform.yaml, version: "1"}
application: {name: desk, owner: team}
use_cases: [{id: answer, description: Answers}]
models: [{id: m, provider: openai, model: gpt-4o}]
"""
PLATFORM = """\
platform: {name: p, version: "1", owner: team}
providers: [{id: openai, kind: openai}]
"""


def problems(settings: str, floors: str = "") -> list[tuple[str, str]]:
    """Load; gives the key and the sentence of each problem."""
    platform = PlatformText(file="platform.yaml", text=PLATFORM + floors)
    try:
        load_manifest(BASE + settings, file="tenken.yaml", platform=lambda _path: platform)
    except Malformed as malformed:
        return [(one.key, one.sentence.id) for one in malformed.problems]
    return []


def route(texts: str) -> str:
    return f"routes: [{{name: desk, use_case: answer, targets: [m], texts: {texts}}}]\n"


KEY = "key: {kind: env, name: TENKEN_TEXT_KEY}"


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("", id="nothing is said"),
        pytest.param(f"gateway: {{texts: {{{KEY}}}}}\n", id="a key alone"),
        pytest.param(f"gateway: {{texts: {{store: [request, answer], {KEY}}}}}\n", id="all"),
        pytest.param(
            f"gateway: {{texts: {{{KEY}, old_keys: [{{kind: file, name: /run/old}}]}}}}\n"
            + route("{store: [answer], sample: 0.1}"),
            id="one route",
        ),
        pytest.param(route("{store: []}"), id="none of a route"),
    ],
)
def test_what_can_be_stored_is_taken(settings: str) -> None:
    """By default nothing is."""
    assert problems(settings) == []


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        pytest.param(
            "gateway: {texts: {store: [request]}}\n",
            [("gateway.texts.store", "texts.no_key")],
            id="no key",
        ),
        pytest.param(
            route("{store: [answer]}"),
            [("routes[0].texts.store", "texts.no_key")],
            id="no key for a route",
        ),
        pytest.param(
            "gateway: {texts: {key: {kind: env, name: c2VjcmV0Cg==}}}\n",
            [("gateway.texts.key.name", "config.not_a_reference")],
            id="the key itself",
        ),
        pytest.param(
            "telemetry: {traces: [{url: 'https://t.example.com', texts: true}]}\n",
            [("telemetry.traces[0].texts", "texts.none_to_send")],
            id="none to send",
        ),
        pytest.param(
            "gateway: {texts: {key: {kind: vault, name: x}}}\n",
            [("gateway.texts.key.kind", "config.not_allowed")],
            id="a vault",
        ),
        pytest.param(
            "gateway: {texts: {store: [request], key: {kind: vault, name: x}}}\n",
            [("gateway.texts.key.kind", "config.not_allowed")],
            id="a vault is no key that is missing",
        ),
        pytest.param(
            "gateway: {texts: {store: [request], sample: 0, "
            "key: {kind: env, name: a-b}, old_keys: [{kind: env, name: c-d}]}}\n",
            [
                ("gateway.texts.key.name", "config.not_a_reference"),
                ("gateway.texts.old_keys[0].name", "config.not_a_reference"),
                ("gateway.texts.sample", "config.more_than"),
            ],
            id="no share",
        ),
        pytest.param(
            "gateway: {texts: {store: [request], "
            "key: {kind: env, name: a-b}, old_keys: [{kind: env, name: c-d}]}}\n",
            [
                ("gateway.texts.key.name", "config.not_a_reference"),
                ("gateway.texts.old_keys[0].name", "config.not_a_reference"),
            ],
            id="several at once",
        ),
    ],
)
def test_what_cannot_be_stored_is_told(settings: str, found: list[tuple[str, str]]) -> None:
    """All of it, each with its key."""
    assert problems(settings) == found


@pytest.mark.parametrize(
    ("floors", "found"),
    [
        pytest.param("{store: [request]}", ["texts.not_allowed"], id="answers"),
        pytest.param("{store: []}", ["texts.not_allowed"], id="anything"),
        pytest.param("{days_max: 20}", ["config.looser"], id="so long"),
        pytest.param("{days_max: 30}", [], id="nothing"),
    ],
)
def test_a_platform_may_forbid(floors: str, found: list[str]) -> None:
    """An application may tighten that and never loosen it."""
    settings = f"gateway: {{texts: {{store: [request, answer], {KEY}}}}}\n"

    assert [id_ for _, id_ in problems(settings, f"floors: {{texts: {floors}}}\n")] == found
