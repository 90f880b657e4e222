"""A draft is a file that loads, says where things were found, and claims nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.config.load import PlatformText, load_manifest, load_platform
from tenken.config.manifest import Manifest
from tenken.config.values import is_placeholder
from tenken.config.yaml import YamlError, read_yaml
from tenken.errors import Malformed
from tenken.messages.speech import Language, Speech
from tenken.place import Place
from tenken.readiness.draft.application import write_application
from tenken.readiness.draft.pen import quoted
from tenken.readiness.draft.platform import write_platform
from tenken.readiness.draft.sketch import (
    FoundDataset,
    FoundDependency,
    FoundGateway,
    FoundModel,
    FoundRoute,
    FoundSlo,
    FoundUse,
    Sketch,
    slug,
)

AT = Place("app/llm.py", 12)
FOUND = Sketch(
    name="desk",
    use_cases=(FoundUse(id="answer", found="POST /answer", place=AT),),
    models=(
        FoundModel(id="m", provider="openai", name="gpt-4o", variable="", region="jp", place=AT),
        FoundModel(id="v", provider="", name="", variable="MODEL", region="", place=AT),
    ),
    routes=(
        FoundRoute(
            name="chat",
            use_case="answer",
            targets=("m", "v"),
            timeout_s=20.5,
            attempts=3,
            place=AT,
        ),
    ),
    datasets=(FoundDataset(name="golden", path="evals/g.jsonl", kind="other", sha256="0" * 64),),
    slos=(FoundSlo(name="up", sli="", target_percent=99.5, window_days=28, place=AT),),
    behind=(FoundGateway(url="https://gateway.example.jp/v1", place=AT),),
    dependencies=(FoundDependency(id="db-down", name="postgres", is_model=False, place=AT),),
    providers=("openai", "http"),
    style="stream",
    stages=("prod", "stg"),
    incident_process="docs/incident.md",
)
NOTHING = replace(
    FOUND, use_cases=(), models=(), routes=(), datasets=(), slos=(), behind=(), dependencies=(),
    providers=(), style="", stages=(), incident_process="",
)  # fmt: skip


def loaded(sketch: Sketch, language: Language) -> Manifest:
    """The drafts of a sketch, read as a team's files are."""
    speech = Speech(language)
    platform = PlatformText(file="platform.yaml", text=write_platform(sketch, speech).text)
    text = write_application(sketch, speech, platform_exists=False).text
    return load_manifest(text, file="tenken.yaml", platform=lambda _: platform)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("sketch", [FOUND, NOTHING], ids=["much", "nothing"])
def test_a_draft_is_a_file_that_loads(sketch: Sketch, language: Language) -> None:
    """In both languages, whatever was found; over the platform that is drafted beside it."""
    manifest = loaded(sketch, language)

    assert manifest.platform
    assert len(manifest.application.models) == len(sketch.models)


def test_what_was_found_is_in_the_draft() -> None:
    """Models, routes with their care, datasets, objectives, dependencies, environments."""
    app = loaded(FOUND, Language.EN).application
    (route,) = app.routes

    assert (route.timeout_s, route.retry.attempts if route.retry else 0) == (20.5, 3)
    assert [slo.target_percent for slo in app.slos] == [99.5]
    assert [scenario.kind for scenario in app.scenarios] == ["dependency", "network", "resource"]
    assert app.decisions.call_style
    assert app.decisions.call_style.style == "stream"
    assert list(app.environments) == ["prod", "stg"]
    assert app.safety.incident_process == "docs/incident.md"


@pytest.mark.parametrize("language", Language)
def test_a_draft_claims_nothing(language: Language) -> None:
    """Texts that a person must write are placeholders; figures that nobody knows are absent."""
    app = loaded(FOUND, language).application

    assert is_placeholder(app.application.owner)
    assert is_placeholder(app.models[1].model)
    assert "MODEL" in app.models[1].model
    assert all(is_placeholder(scenario.what) for scenario in app.scenarios)
    assert (app.goals, app.kpis, app.gates, app.allowed_models) == ((), (), (), ())
    assert app.data_use[0].training == "unknown"
    assert app.behind.urls == ()


def test_an_address_that_was_found_waits_to_be_uncommented() -> None:
    """The routes of a draft are no gateway's: that they are served there, a person says."""
    draft = write_application(FOUND, Speech(Language.EN), platform_exists=False)

    assert '#     - "https://gateway.example.jp/v1"  # found at app/llm.py:12' in draft.text


def test_placeholders_are_counted() -> None:
    """What a person is told waits for them is what waits."""
    draft = write_application(FOUND, Speech(Language.EN), platform_exists=False)
    lines = [line for line in draft.text.splitlines() if not line.startswith("#")]

    assert draft.todos == sum("TODO:" in line for line in lines)


def test_an_existing_platform_is_for_the_author_to_pin() -> None:
    """Nobody reviewed it on the author's behalf."""
    text = write_application(FOUND, Speech(Language.EN), platform_exists=True).text

    assert load_manifest(text, file="tenken.yaml").application.extends is None
    assert "# extends:" in text


@pytest.mark.parametrize("write", ["application", "platform"])
def test_uncommenting_alone_claims_nothing(write: str) -> None:
    """Every example has the right keys, and its blanks are refused until somebody fills them."""
    speech = Speech(Language.EN)
    if write == "application":
        text = write_application(NOTHING, speech, platform_exists=True).text
    else:
        text = write_platform(NOTHING, speech).text
    with pytest.raises(Malformed) as refusal:
        (load_manifest if write == "application" else load_platform)(
            uncommented(text), file="tenken.yaml"
        )

    told = {problem.sentence.id for problem in refusal.value.problems}
    assert told <= {
        "config.wrong_type", "config.no_date", "config.not_allowed", "config.invalid",
        "config.not_an_address", "config.other_form",
    }  # fmt: skip
    assert len(refusal.value.problems) > 5


def uncommented(text: str) -> str:
    """A draft with every example made part of the file; sentences stay comments."""
    lines = text.splitlines()
    examples = {"goals:", "kpis:", "gates:", "slos:", "capacity:", "decisions:", "documents:",
                "data_classification:", "risks:", "guards:", "floors:", "alert_receivers:",
                "evidence_keys:"}  # fmt: skip
    kept, open_ = [], False
    for line in lines:
        bare = line.removeprefix("# ")
        open_ = line.startswith("# ") and (open_ or bare.strip() in examples)
        kept.append(bare if open_ else line)
    return "\n".join(kept)


@given(st.text(max_size=40))
def test_any_text_survives_quoting(text: str) -> None:
    """Nothing that a repository calls its things can become YAML of its own."""
    read = read_yaml(f"a: {quoted(text)}\n")

    assert not isinstance(read, YamlError)
    assert isinstance(read[0].at("a").value, str)
    assert list(read[0].mapping) == ["a"]


@given(st.text(max_size=80))
def test_a_slug_is_a_name_or_empty(text: str) -> None:
    """Names in a draft always pass the schema."""
    name = slug(text)

    assert name == "" or loaded(replace(NOTHING, name=name), Language.EN).application


def test_names_of_a_repository_cannot_break_out() -> None:
    """Line breaks, quotes and YAML signs in names stay text."""
    evil = 'a"\nextends: {platform: x}\n#'
    model = FoundModel(id="m", provider=evil, name=evil, variable="", region=evil, place=AT)
    dataset = FoundDataset(name="d", path=evil, kind=evil, sha256="")
    route = replace(FOUND.routes[0], targets=("m",))
    app = loaded(
        replace(FOUND, models=(model,), routes=(route,), datasets=(dataset,), providers=("x",)),
        Language.EN,
    ).application

    assert app.extends
    assert app.extends.platform == "platform.yaml"
    assert app.models[0].provider.startswith('a"')
