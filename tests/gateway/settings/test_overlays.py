"""What is changed for a while: what it changes, when it ends, and what it cannot change."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tenken.config.temporary import Overlay
from tenken.errors import UsageError
from tenken.gateway.plan import Caller, CallerLimits, Key, Plan
from tenken.gateway.settings.overlays import overlaid, put
from tenken.transport.addresses import Origin
from tests.gateway.ground import plan_of, target

HERE = Origin(host="127.0.0.1", port=9, tls=False)
NOW = 1_000


def plan() -> Plan:
    """One route over three targets, one caller that may also call a target by its name."""
    targets = tuple(target(name, HERE) for name in ("a", "b", "c"))
    found = plan_of(targets, weights={"a": 3.0, "b": 1.0})
    app = Caller(
        id="app", routes=frozenset({"desk"}), models=frozenset({"a"}),
        limits=CallerLimits(rpm=600, tpm=9000),
    )  # fmt: skip
    return replace(found, callers={"app": app})


def change(subject: str, said: str, *, name: str = "o1", until: int = 2_000) -> Overlay:
    return Overlay(
        id=name, subject=subject, change=said, actor="hana", reason="an incident",
        created_at=0, expires_at=until,
    )  # fmt: skip


def test_limits_and_a_budget_of_a_caller_are_changed() -> None:
    """Those that are not named stay."""
    found = plan()
    for said in ("rpm=60", "parallel=2", "budget_usd_per_day=1.5"):
        found = put(found, change("caller/app", said))

    assert found.callers["app"].limits == CallerLimits(
        rpm=60, tpm=9000, parallel=2, budget_usd=Decimal("1.5")
    )


def test_a_route_is_limited_ordered_shared_and_switched_off() -> None:
    """Each by itself; an order takes the place of shares."""
    limited = put(plan(), change("route/desk", "tpm=10")).routes["desk"]
    ordered = put(plan(), change("route/desk", "targets=c,a")).routes["desk"]
    shared = put(plan(), change("route/desk", "weights=a:1,b:9")).routes["desk"]
    off = put(plan(), change("route/desk", "off")).routes["desk"]

    assert limited.limits == CallerLimits(tpm=10)
    assert (ordered.targets, ordered.weights) == (("c", "a"), {})
    assert shared.weights == {"a": 1.0, "b": 9.0}
    assert (limited.off, off.off) == (False, True)


def test_a_target_that_is_off_is_asked_on_no_way() -> None:
    """Neither by a route nor by its name; a route that has no other is off."""
    one = put(plan(), change("target/a", "off"))
    none = one
    for name in ("b", "c"):
        none = put(none, change(f"target/{name}", "off"))

    named = one.route_for("a", one.callers["app"])
    assert one.routes["desk"].targets == ("b", "c")
    assert one.routes["desk"].weights == {"b": 1.0}
    assert named is not None
    assert (named.off, one.routes["desk"].off, none.routes["desk"].off) == (True, False, True)


def test_a_use_case_that_is_off_takes_its_routes_with_it() -> None:
    """Others go on."""
    found = plan()
    other = replace(found.routes["desk"], name="other", use_case="draft")
    found = replace(found, routes={**found.routes, "other": other})

    routes = put(found, change("use_case/answer", "off")).routes

    assert {name: route.off for name, route in routes.items()} == {"desk": True, "other": False}


def test_a_key_and_a_caller_that_are_off_open_nothing() -> None:
    """A key that got out is closed on all machines of a store; others of its caller go on."""
    keys = {b"1": Key(caller="app", sha256=b"1", prefix="tk-0000000a"),
            b"2": Key(caller="app", sha256=b"2", prefix="tk-0000000b")}  # fmt: skip
    found = replace(plan(), keys=keys)

    assert [*put(found, change("key/tk-0000000a", "off")).keys] == [b"2"]
    assert put(found, change("caller/app", "off")).callers == {}
    for said in ("rpm=1", "on"):
        with pytest.raises(UsageError):
            put(found, change("key/tk-0000000a", said))


def test_where_no_keys_are_known_a_key_can_be_switched_off_all_the_same() -> None:
    """Whoever does it need not have the file; what looks like no key is one mistyped."""
    bare = replace(plan(), keys={})

    assert put(bare, change("key/tk-0000000a", "off")) == bare
    with pytest.raises(UsageError):
        put(bare, change("key/tk-0000000a-secret", "off"))


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("caller/none", "rpm=1"), ("route/none", "off"), ("target/none", "off"),
        ("use_case/none", "off"), ("gateway", "off"), ("key/app", "off"),
        ("key/tk-00000000", "off"), ("caller/app", "rpm=0"), ("caller/app", "rpm=-1"),
        ("caller/app", "rpm=1e9"), ("caller/app", "rpm="), ("caller/app", "rpm=" + "9" * 40),
        ("caller/app", "guards=off"), ("caller/app", "drills=true"),
        ("caller/app", "budget_usd_per_day=NaN"), ("caller/app", "budget_usd_per_day=-1"),
        ("caller/app", "budget_usd_per_day=Infinity"), ("caller/app", "budget_usd_per_day=x"),
        ("route/desk", "targets=a,elsewhere"), ("route/desk", "targets=a,a"),
        ("route/desk", "targets="), ("route/desk", "weights=a:0,b:0"),
        ("route/desk", "weights=a:1,a:2"), ("route/desk", "weights=elsewhere:1"),
        ("route/desk", "weights=a:x"), ("route/desk", "timeout_s=9000"),
        ("route/desk", "off=1"), ("target/a", "on"), ("use_case/answer", "rpm=1"),
    ],
)  # fmt: skip
def test_nothing_else_can_be_changed(subject: str, said: str) -> None:
    """No guard, no deadline, no target that the file of the route does not name, no nonsense."""
    with pytest.raises(UsageError):
        put(plan(), change(subject, said))


def test_a_budget_needs_prices() -> None:
    """Where nothing is known of a price, nothing would ever be taken from it."""
    found = plan()
    unpriced = replace(found.targets["b"], priced=False)
    found = replace(found, targets={**found.targets, "b": unpriced})

    with pytest.raises(UsageError):
        put(found, change("caller/app", "budget_usd_per_day=1"))


def test_what_ended_or_fits_nothing_is_left_out_and_the_rest_holds() -> None:
    """The plan says what holds, and when it is to be looked at again."""
    found = overlaid(
        plan(),
        (
            change("route/desk", "off", name="over", until=NOW),
            change("route/gone", "off", name="gone"),
            change("caller/app", "rpm=5", name="one", until=5_000),
            change("caller/app", "tpm=7", name="two", until=3_000),
        ),
        now=NOW,
    )

    limits = found.callers["app"].limits
    assert (limits.rpm, limits.tpm, found.routes["desk"].off) == (5, 7, False)
    assert found.overlays_until == 3_000
    assert found.shown == f"v1+{found.overlays}"


def test_without_overlays_the_plan_is_the_same() -> None:
    """And so is what answers are told."""
    files = plan()
    assert overlaid(files, (), now=NOW) is files
    assert files.shown == "v1"


def test_the_last_that_was_set_holds_whatever_the_file_says_first() -> None:
    """The name of what holds changes with it."""
    one, two = change("caller/app", "rpm=5", name="b"), change("caller/app", "rpm=6", name="a")
    two = replace(two, created_at=1)
    both, first = overlaid(plan(), (two, one), now=NOW), overlaid(plan(), (one,), now=NOW)

    assert both.callers["app"].limits.rpm == 6
    assert both.overlays != first.overlays
