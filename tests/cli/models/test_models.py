"""`tenken models` as a person runs it, and what its figures change for a gateway."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.cli.serving.served import Files
from tenken.errors import Malformed
from tenken.gateway.plan import CallerLimits, Plan
from tests.models.tables import wheel

PLATFORM = """
platform: {name: team, version: "1", owner: platform}
providers:
  - {id: openai, kind: openai, credentials: {kind: env, name: OPENAI_API_KEY}}
  - {id: own, kind: other, base_url: "http://127.0.0.1:9/v1"}
"""
DESK = """
application: {name: desk, owner: team}
extends: {platform: platform.yaml, version: "1"}
use_cases: [{id: answer, description: Answers enquiries}]
models:
  - {id: small, provider: openai, model: small-1}
  - {id: own, provider: own, model: llama}
routes: [{name: desk, use_case: answer, targets: [small, own]}]
callers: [{id: app, routes: [desk]}]
"""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "platform.yaml").write_text(PLATFORM, "utf-8")
    (tmp_path / "tenken.yaml").write_text(DESK, "utf-8")
    (tmp_path / "litellm-1.0-py3-none-any.whl").write_bytes(wheel())
    assert main(["models", "rebuild", *REBUILD]) == 0
    return tmp_path


REBUILD = ("--wheel", "litellm-1.0-py3-none-any.whl", "--as-of", "2026-11-01")


def plan(folder: Path) -> Plan:
    files = Files(folder=folder)
    return files.plan(files.texts(), files.manifest(NOW.date()), NOW)


@pytest.mark.usefixtures("desk")
def test_what_is_wrong_is_told_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    """And fails: figures that are untrue today."""
    assert main(["models", "check", "--now", "2026-11-23"]) == 1

    told = capsys.readouterr().out
    assert "tenken.yaml:6: Nobody says when small ends" in told
    assert "tenken.yaml:7: No price is known of own (llama)" in told


@pytest.mark.usefixtures("desk")
def test_the_models_in_use_and_any_other_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """With what they cost, and the source whole."""
    assert main(["models"]) == 0
    assert main(["models", "show", "long-1"]) == 0
    assert main(["models", "show", "smal-1"]) == 2

    told = capsys.readouterr()
    assert "0.15" in told.out
    assert "https://example.com/prices" in told.out
    assert "Nearest: small-1" in told.err


@pytest.mark.parametrize(
    "asked",
    [(), ("--wheel", "absent.whl"), (*REBUILD[:3], "yesterday"), ("--as-of", "2026-11-01")],
)
@pytest.mark.usefixtures("desk")
def test_what_a_table_cannot_be_made_from_is_told(asked: tuple[str, ...]) -> None:
    """In one line, and the table before stays."""
    before = Path(".tenken/models.jsonl").read_bytes()

    assert main(["models", "rebuild", *asked]) == 2
    assert Path(".tenken/models.jsonl").read_bytes() == before


def test_the_gateway_charges_by_the_newer_table(desk: Path) -> None:
    """And says under another version of its settings that it does."""
    first = plan(desk)
    assert first.targets["small"].prices.input == Decimal("0.15")
    assert not first.targets["own"].priced

    (desk / ".tenken/models.jsonl").unlink()

    assert plan(desk).version != first.version


def test_a_budget_in_money_needs_a_price_of_every_model_it_reaches(desk: Path) -> None:
    """Else it would hold nobody back."""
    given = DESK.replace("routes: [desk]}", "routes: [desk], limits: {budget_usd_per_day: 5}}")
    (desk / "tenken.yaml").write_text(given, "utf-8")

    with pytest.raises(Malformed) as told:
        plan(desk)

    [problem] = told.value.problems
    assert problem.sentence.id == "pricing.no_price_for_budget"
    assert problem.key == "callers[0].limits.budget_usd_per_day"


BUDGET = "limits: {budget_usd_per_day: 5}"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param(
            ("targets: [small, own]}", f"targets: [small, own], {BUDGET}}}"),
            "routes[0]", id="of a route",
        ),
        pytest.param(
            ("targets: [small, own]}", f"targets: [small], larger_context: [own], {BUDGET}}}"),
            "routes[0]", id="of a route, for what is too long",
        ),
        pytest.param(
            ("Answers enquiries}", f"Answers enquiries, {BUDGET}}}"),
            "use_cases[0]", id="of a use case",
        ),
        pytest.param(("model: llama}", f"model: llama, {BUDGET}}}"), "models[1]", id="of a model"),
    ],
)  # fmt: skip
def test_every_budget_in_money_needs_prices(desk: Path, change: tuple[str, str], key: str) -> None:
    """Whoever it is of."""
    (desk / "tenken.yaml").write_text(DESK.replace(*change), "utf-8")

    with pytest.raises(Malformed) as told:
        plan(desk)

    assert [one.key for one in told.value.problems] == [f"{key}.limits.budget_usd_per_day"]


def test_a_budget_of_a_provider_is_told_in_the_platform_s_file(desk: Path) -> None:
    """Where it stands."""
    text = PLATFORM.replace('/v1"}', f'/v1", {BUDGET}}}')
    (desk / "platform.yaml").write_text(text, "utf-8")

    with pytest.raises(Malformed) as told:
        plan(desk)

    assert [(one.place.path, one.key) for one in told.value.problems] == [
        ("platform.yaml", "providers[1].limits.budget_usd_per_day")
    ]


def test_limits_of_models_providers_and_use_cases_are_served(desk: Path) -> None:
    """Of a model our share of what is allowed, at least one."""
    limits = "limits: {rpm: 100, tpm: 3, share: 0.3}"
    text = DESK.replace("model: llama}", f"model: llama, {limits}}}")
    text = text.replace("Answers enquiries}", "Answers enquiries, limits: {rpm: 7}}")
    (desk / "tenken.yaml").write_text(text, "utf-8")
    (desk / "platform.yaml").write_text(
        PLATFORM.replace('/v1"}', '/v1", limits: {parallel: 4}}'), "utf-8"
    )

    found = plan(desk)

    assert found.targets["own"].limits == CallerLimits(rpm=30, tpm=1)
    assert (found.use_cases, found.credentials) == (
        {"answer": CallerLimits(rpm=7)},
        {"own": CallerLimits(parallel=4)},
    )
    assert found.rationed
    assert not found.targets["small"].limits.any


def test_a_limit_of_a_use_case_alone_slows_no_call_down(desk: Path) -> None:
    """It is taken with those of the caller; calls of a model are not asked for room."""
    text = DESK.replace("Answers enquiries}", "Answers enquiries, limits: {rpm: 7}}")
    (desk / "tenken.yaml").write_text(text, "utf-8")

    assert not plan(desk).rationed


def test_a_floor_holds_where_the_application_says_nothing(desk: Path) -> None:
    """For routes, and for models that are called by their names."""
    floors = "floors: {calls: {timeout_max_s: 30, attempts_max: 2}}\n"
    (desk / "platform.yaml").write_text(PLATFORM + floors, "utf-8")
    (desk / "tenken.yaml").write_text(DESK.replace("[desk]}", "[desk], models: [own]}"), "utf-8")
    found = plan(desk)

    by_name = found.route_for("own", found.callers["app"])
    assert by_name is not None
    for route in (found.routes["desk"], by_name):
        assert (route.timeouts.total_s, route.retry.attempts_max) == (30, 2)


def test_what_is_too_long_is_released_like_the_rest(desk: Path) -> None:
    """Its answers name their release."""
    change = ("targets: [small, own]", "targets: [small], larger_context: [own]")
    (desk / "tenken.yaml").write_text(DESK.replace(*change), "utf-8")

    assert ("desk", "own") in plan(desk).releases


def test_a_promise_on_costs_needs_a_price_of_every_model_it_is_of(desk: Path) -> None:
    """Else it is kept whatever the calls cost; of others it needs none."""
    slo = "{name: dear, sli: cost_per_request, threshold_usd: 0.01, target_percent: 99,"
    promised = f"{DESK}slos:\n  - {slo} window_days: 28}}\n"
    (desk / "tenken.yaml").write_text(promised, "utf-8")
    with pytest.raises(Malformed) as told:
        plan(desk)
    [problem] = told.value.problems
    assert (problem.sentence.id, problem.key) == ("pricing.no_price_for_slo", "slos[0].sli")

    other = promised.replace("cost_per_request, threshold_usd: 0.01", "availability")
    (desk / "tenken.yaml").write_text(other, "utf-8")
    assert plan(desk).targets["own"].id == "own"


def test_callers_are_told_of_a_model_that_ends_soon(desk: Path) -> None:
    """In a header, and only then."""
    said = "retires_on: {}, source: page, checked_at: 2026-11-01}}"
    for day, told in (
        (date(2026, 12, 24), ((b"x-tenken-model-ends", b"2026-12-24"),)),
        (date(2028, 12, 24), ()),
    ):
        given = DESK.replace("model: small-1}", f"model: small-1, {said.format(day)}")
        (desk / "tenken.yaml").write_text(given, "utf-8")
        assert plan(desk).targets["small"].told == told


def test_the_embedded_model_needs_no_price_and_no_address(desk: Path) -> None:
    """It is on this machine, and nobody charges for it."""
    platform = PLATFORM.replace('kind: other, base_url: "http://127.0.0.1:9/v1"', "kind: embedded")
    (desk / "platform.yaml").write_text(platform, "utf-8")

    own = plan(desk).targets["own"]

    assert own.priced
    assert own.prices.input == 0
    assert own.origin.here
