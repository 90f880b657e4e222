"""A sketch gathers what was found in the nouns of a manifest, and guesses nothing."""

import pytest
from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.draft.sketch import MOST, Sketch, free, sketch, slug
from tenken.readiness.facts.calls import Fallback, Flow, LlmCall, Origin, Stated, Target
from tenken.readiness.facts.code import CodeFacts, Peer, PeerKind
from tenken.readiness.facts.datasets import Dataset
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.infrastructure import Figure
from tenken.readiness.facts.monitoring import MonitoringFacts, Objective, Tool
from tests.readiness.applications import survey_of

AT = Place("app/llm.py", 7)
CALL = LlmCall(
    place=AT,
    library="openai",
    provider="openai",
    function="app.llm.answer",
    model=Stated(origin=Origin.LITERAL, value="gpt-4o", place=AT),
    routes=("POST /v1/answers/{id}",),
)


def sketched(
    *calls: LlmCall,
    peers: tuple[Peer, ...] = (),
    datasets: tuple[Dataset, ...] = (),
    objectives: tuple[Objective, ...] = (),
) -> Sketch:
    """The sketch of an application with these facts."""
    survey = replace(
        survey_of({}),
        code=CodeFacts(calls=calls, peers=peers),
        documents=DocumentFacts(datasets=datasets),
        monitoring=MonitoringFacts(objectives=objectives),
    )
    return sketch(survey, name="Shift Desk")


def test_a_call_becomes_a_use_case_a_route_and_a_model() -> None:
    """The door names the use case, the function the route, the code the model."""
    found = sketched(CALL)

    assert found.name == "shift-desk"
    assert [use.id for use in found.use_cases] == ["answers"]
    assert [(route.name, route.use_case, route.targets) for route in found.routes] == [
        ("answer", "answers", ("gpt-4o",))
    ]
    assert [(model.id, model.provider, model.place) for model in found.models] == [
        ("gpt-4o", "openai", AT)
    ]


def test_a_fallback_is_a_second_target_and_no_route_of_its_own() -> None:
    """In the order in which they are tried; one that never runs is no target."""
    other = Stated(origin=Origin.DEFAULT, value="claude-x")
    target = Target(provider="anthropic", model=other)
    way = Fallback(how="except", place=AT, target=target)
    with_fallback = replace(CALL, fallbacks=(way, replace(way, target=None)))
    behind = replace(CALL, provider="anthropic", model=other, is_fallback=True)

    assert [route.targets for route in sketched(with_fallback, behind).routes] == [
        ("gpt-4o", "claude-x")
    ]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param(
            Stated(origin=Origin.ENVIRONMENT, value="CHAT_MODEL"),
            ("chat_model", "", "CHAT_MODEL"),
            id="a variable",
        ),
        pytest.param(
            Stated(origin=Origin.UNKNOWN, value="pick()"), ("openai-model", "", ""), id="unknown"
        ),
        pytest.param(Stated(origin=Origin.ABSENT), ("openai-model", "", ""), id="absent"),
    ],
)
def test_a_model_that_is_not_known_is_not_guessed(
    model: Stated, expected: tuple[str, str, str]
) -> None:
    """What is left is the variable, for its author."""
    (found,) = sketched(replace(CALL, model=model)).models

    assert (found.id, found.name, found.variable) == expected


def test_each_of_several_models_is_in_use_and_the_route_names_one() -> None:
    """Which of them answers when another fails is not said by a choice."""
    several = Stated(origin=Origin.DEFAULT, value="gpt-4o", place=AT, among=("gpt-4o", "o4-mini"))
    found = sketched(replace(CALL, model=several))

    assert [model.name for model in found.models] == ["gpt-4o", "o4-mini"]
    assert [route.targets for route in found.routes] == [("gpt-4o",)]


@pytest.mark.parametrize(
    ("url", "behind"),
    [
        ("https://gateway.example.jp/v1", ["https://gateway.example.jp/v1"]),
        ("https://api.openai.com/v1", []),
        ("", []),
    ],
)
def test_an_address_that_is_no_providers_is_found(url: str, behind: list[str]) -> None:
    """It may be a gateway; whose, its team has to say."""
    base = Stated(origin=Origin.LITERAL, value=url, place=AT)
    found = sketched(replace(CALL, base_url=base))

    assert [one.url for one in found.behind] == behind


def test_the_same_name_twice_is_numbered() -> None:
    """Names in a manifest are unique."""
    twin = replace(CALL, function="app.other.answer", routes=("GET /answers",))
    found = sketched(CALL, twin)

    assert [route.name for route in found.routes] == ["answer", "answer-2"]
    assert [use.id for use in found.use_cases] == ["answers", "answers-2"]
    assert len(found.models) == 1


@pytest.mark.parametrize(
    ("calls", "style"),
    [
        pytest.param((), "", id="no call"),
        pytest.param((CALL,), "sync", id="waits"),
        pytest.param((CALL, replace(CALL, streaming=True)), "stream", id="streams"),
        pytest.param(
            (replace(CALL, streaming=True), replace(CALL, flow=Flow.QUEUE)), "async", id="queue"
        ),
    ],
)
def test_how_callers_wait(calls: tuple[LlmCall, ...], style: str) -> None:
    """A queue wins over a stream, a stream over a plain answer."""
    assert sketched(*calls).style == style


@pytest.mark.parametrize(
    ("window", "share", "expected"),
    [
        pytest.param("28d", 0.995, [(28, 99.5)], id="days"),
        pytest.param("4w", 0.99, [(28, 99.0)], id="weeks"),
        pytest.param("", 0.99, [], id="no window"),
        pytest.param("a month", 0.99, [], id="a window that is not read"),
        pytest.param("28d", None, [], id="no target"),
        pytest.param("28d", 99.0, [], id="no share"),
        pytest.param("28d", 1.0, [], id="a target that allows no failure"),
    ],
)
def test_an_objective_is_taken_whole_or_not_at_all(
    window: str, share: float | None, expected: list[tuple[int, float]]
) -> None:
    """A draft invents neither a target nor a window."""
    figure = Figure(value=share, place=AT, written="as it stands")
    objective = Objective(name="Up", tool=Tool.OPENSLO, place=AT, target=figure, window=window)
    found = sketched(objectives=(objective,)).slos

    assert [(slo.window_days, slo.target_percent) for slo in found] == expected


def test_dependencies_and_datasets_stand_once_and_are_bounded() -> None:
    """A draft is for reading."""
    peers = [Peer(kind=PeerKind.HTTP, name=f"host-{n}", place=AT) for n in range(MOST + 9)]
    model = Peer(kind=PeerKind.MODEL, name="openai", place=AT)
    sets = (
        Dataset(path="evals/日本.jsonl", place=AT, format="jsonl"),
        Dataset(path="b/golden.v2.jsonl", place=AT, format="jsonl"),
        Dataset(path="c/golden.jsonl", place=AT, format="jsonl"),
    )
    found = sketched(peers=(model, model, *peers), datasets=sets)

    assert (found.dependencies[0].id, found.dependencies[0].is_model) == ("openai-down", True)
    assert len(found.dependencies) == MOST
    assert [one.name for one in found.datasets] == ["dataset", "golden", "golden-2"]


def test_a_slug_and_a_free_name() -> None:
    """Wide letters become narrow, signs become dashes, taken names get a number."""
    assert slug("ＧＰＴ 4o / Mini!") == "gpt-4o-mini"
    assert slug("日本") == ""
    assert free("a", ["a", "a-2"]) == "a-3"
