"""Small items and evidence for the tests of the judge."""

from datetime import UTC, date, datetime, timedelta

from tenken.evidence import Answer, Evidence, Grade, Holding, Method
from tenken.readiness.catalogue import (
    NEEDED,
    Both,
    Item,
    Probes,
    ProbeUse,
    Signature,
    SignatureKind,
    Sub,
)
from tenken.readiness.verdict import Signed, Standing, Waiver, Weighed
from tenken.sentence import say

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEXT = Both(ja="項目", en="An item")

R, V, D, P = Method.REPOSITORY, Method.RUNTIME, Method.DRILL, Method.PERSON


def item(
    decides: Method,
    *,
    repository: tuple[str, ...] = ("r1",),
    runtime: tuple[str, ...] = ("v1",),
    drill: tuple[str, ...] = ("d1",),
    signature: SignatureKind | None = None,
    subs: tuple[tuple[str, Method], ...] = (),
) -> Item:
    """An item; a probe is written `name` or `name:sub`, with a `+` where it only supports."""
    return Item(
        id="1-1-1",
        title=TEXT,
        explanation=TEXT,
        why=TEXT,
        decides=decides,
        hard_gate=False,
        tiers={"A": "configured", "B": "configured", "C": "declared"},
        probes=Probes(
            repository=tuple(map(_use, repository)),
            runtime=tuple(map(_use, runtime)),
            drill=tuple(map(_use, drill)),
        ),
        remedies={},
        signature=Signature(kind=signature, role="owner", max_days=180) if signature else None,
        subs=tuple(Sub(id=id_, decides=method, title=TEXT) for id_, method in subs),
    )


def saw(
    probe: str,
    holding: Holding,
    grade: Grade | None = None,
    *,
    standing: Standing = Standing.COUNTS,
    minutes: int = 0,
) -> Weighed:
    """Evidence by a probe whose first letter is its method: r, v or d."""
    method = {"r": R, "v": V, "d": D}[probe[0]]
    answer = Answer(
        holding=holding,
        grade=NEEDED[method] if grade is None else grade,
        missing=say("judge.no_such_probe", probe=probe) if holding is Holding.UNKNOWN else None,
    )
    evidence = Evidence(
        item="1-1-1",
        subs=(),
        probe=probe,
        probe_version=1,
        method=method,
        answer=answer,
        subjects={},
        observed_at=NOW + timedelta(minutes=minutes),
        expires_at=None,
    )
    return Weighed(evidence=evidence, standing=standing)


def signed(*, exempts: bool = False, subs: tuple[str, ...] = ()) -> Signed:
    """A valid signature."""
    return Signed(
        role="owner",
        name="Hana Sato",
        statement="Read and agreed",
        signed_at=NOW,
        expires_on=date(2027, 1, 31),
        exempts=exempts,
        subs=subs,
    )


def waiver(*, expires_on: date = date(2026, 12, 31)) -> Waiver:
    """An accepted gap."""
    return Waiver(item="1-1-1", reason="Planned", owner="Hana Sato", expires_on=expires_on)


def _use(written: str) -> ProbeUse:
    probe, _, sub = written.removesuffix("+").partition(":")
    return ProbeUse(probe=probe, subs=(sub,) if sub else (), supports=written.endswith("+"))
