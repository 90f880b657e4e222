"""What happened is told in order, from whichever table it comes."""

from tenken.config.temporary import Overlay
from tenken.keeper.incidents.timeline import Calls, Happened, timeline
from tenken.store.overlays import Past
from tenken.store.versions import Version
from tenken.store.watch.alert import Step
from tenken.store.watch.effects import Effect
from tenken.store.watch.incidents import Noted
from tests.store.watch.standing import alert

OVERLAY = Overlay(
    id="o1", subject="target/a", change="off", actor="hana", reason="down", created_at=40,
    expires_at=90,
)  # fmt: skip


def calls(at: int, calls: int, failed: int, target: str = "a") -> Calls:
    return Calls(since=at, until=at + 9, target=target, calls=calls, failed=failed, failure="5xx")


def ids(happened: Happened, *, until: int = 100) -> list[tuple[int, str]]:
    return [(line.at, line.what.id) for line in timeline(happened, since=0, until=until)]


def test_all_sources_come_together_in_order() -> None:
    """What lies outside of the time, or only repeats, is left out."""
    happened = Happened(
        alerts=[
            (alert(), Step(at=30, what="fired")),
            (alert(), Step(at=31, what="told", note="pager")),
            (alert(), Step(at=200, what="resolved")),
        ],
        settings=[Version(version="v1", content="", published_by="ken", published_at=10)],
        overlays=[Past(overlay=OVERLAY, withdrawn_at=80)],
        effects=[
            Effect(overlay="o1", subject="target/a", ordered_at=40, versions="x", seen_at=45)
        ],
        calls=[calls(20, 100, 60)],
        notes=[
            Noted(at=35, kind="opened", actor="hana", text="slow"),
            Noted(at=36, kind="alert", actor="tenken", text="it", reference="a1"),
        ],
    )

    assert ids(happened) == [
        (10, "incidents.settings"),
        (20, "incidents.target_fails"),
        (30, "incidents.alert_fired"),
        (35, "incidents.noted_opened"),
        (40, "incidents.overlay"),
        (45, "incidents.effect"),
        (80, "incidents.overlay_ended"),
    ]


def test_a_target_fails_once_until_it_is_well() -> None:
    """A few failures are none, and time without calls says nothing."""
    happened = Happened(
        calls=[
            calls(0, 100, 3), calls(10, 100, 30), calls(20, 100, 90), calls(30, 0, 0),
            calls(40, 100, 0), calls(10, 4, 4, target="b"),
        ]
    )  # fmt: skip

    assert ids(happened) == [(10, "incidents.target_fails"), (40, "incidents.target_well")]
