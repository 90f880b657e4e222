"""What holds of the judge whatever the evidence is."""

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.evidence import Answer, Evidence, Grade, Holding, Method
from tenken.readiness.catalogue import Item, SignatureKind, shipped
from tenken.readiness.inspection import Grounds, levels_of, verdicts
from tenken.readiness.judge import Case, judge
from tenken.readiness.levels import levels
from tenken.readiness.verdict import Outcome, Standing, Weighed
from tests.readiness.cases import NOW, D, P, R, V, item, saw, signed, waiver

CATALOGUE = shipped()
MOST_VERIFIED_BY_FILES = 13
STRENGTH = [P, R, V, D]
RANK = {
    Outcome.VERIFIED: 4,
    Outcome.NOT_APPLICABLE: 4,
    Outcome.CONFIGURED: 3,
    Outcome.PARTIAL: 2,
    Outcome.UNKNOWN: 1,
    Outcome.NOT_VISIBLE: 1,
    Outcome.STALE: 1,
    Outcome.ERROR: 1,
    Outcome.FAILED: 0,
}

ITEMS = st.sampled_from([
    item(R),
    item(V),
    item(D),
    item(R, repository=("r1", "r2"), drill=("d1", "d2")),
    item(D, repository=("r1:a", "r2:b"), drill=("d1:b", "d2:b"), subs=(("a", R), ("b", D))),
    item(P, signature=SignatureKind.DECIDES),
    item(R, signature=SignatureKind.COSIGN),
    item(V, repository=("r1:a", "r2:b"), runtime=("v1:a",), subs=(("a", V), ("b", P)),
         signature=SignatureKind.EXEMPTION),
])  # fmt: skip
EVIDENCE = st.lists(
    st.builds(
        saw,
        st.sampled_from(["r1", "r2", "v1", "d1", "d2"]),
        st.sampled_from(Holding),
        st.sampled_from(Grade),
        standing=st.sampled_from(Standing),
        minutes=st.integers(-3, 3),
    ),
    max_size=7,
)
SIGNATURES = st.none() | st.builds(
    signed, exempts=st.booleans(), subs=st.sampled_from([(), ("a",), ("b",)])
)


@given(ITEMS, EVIDENCE, st.sampled_from(["r1", "v1", "d1"]))
def test_a_fresh_failure_never_helps(asked: Item, evidence: list[Weighed], probe: str) -> None:
    """Failing evidence of a method that decides leaves the item as it was, or worse."""
    failing = saw(probe, Holding.FAILS, minutes=5)
    assume(STRENGTH.index(failing.evidence.method) >= STRENGTH.index(asked.decides))
    before = judge(Case(item=asked, evidence=tuple(evidence), now=NOW))
    after = judge(Case(item=asked, evidence=(*evidence, failing), now=NOW))

    assert RANK[after.outcome] <= RANK[before.outcome]


@given(ITEMS, EVIDENCE, SIGNATURES, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(
    asked: Item, evidence: list[Weighed], signature: object, chance: object
) -> None:
    """Two machines that read the files in another order agree."""
    shuffled = list(evidence)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (
        judge(Case(item=asked, evidence=tuple(given_), signed=signature, now=NOW))  # type: ignore[arg-type]
        for given_ in (evidence, shuffled)
    )

    assert (one.outcome, one.grade, one.awaits) == (other.outcome, other.grade, other.awaits)


@given(ITEMS, EVIDENCE)
def test_only_what_was_seen_or_signed_passes(asked: Item, evidence: list[Weighed]) -> None:
    """Without a signature, a pass rests on evidence that counts in full at the deciding grade."""
    verdict = judge(Case(item=asked, evidence=tuple(evidence), now=NOW))
    counts = [one for one in evidence if one.standing is Standing.COUNTS]
    reached = [one for one in counts if one.evidence.answer.grade >= Grade.CONFIGURED]

    if verdict.outcome.passes:
        assert any(
            one.evidence.answer.holding in {Holding.HOLDS, Holding.NOT_APPLICABLE}
            for one in reached
        )


@given(ITEMS, EVIDENCE)
def test_what_is_stale_or_rejected_helps_nobody(asked: Item, evidence: list[Weighed]) -> None:
    """Taking it away changes no grade, and no pass."""
    heard = (Standing.COUNTS, Standing.DECLARED_ONLY)
    kept = tuple(one for one in evidence if one.standing in heard)
    whole = judge(Case(item=asked, evidence=tuple(evidence), now=NOW))
    fresh = judge(Case(item=asked, evidence=kept, now=NOW))

    assert whole.grade == fresh.grade
    assert whole.outcome.passes == fresh.outcome.passes


@given(ITEMS, EVIDENCE, SIGNATURES)
def test_a_waiver_lifts_nothing(asked: Item, evidence: list[Weighed], signature: object) -> None:
    """A waived gap is still a gap: the grade stays, and it does not pass."""
    case = Case(item=asked, evidence=tuple(evidence), signed=signature, now=NOW)  # type: ignore[arg-type]
    without, waived = judge(case), judge(replace(case, waiver=waiver()))

    assert waived.grade == without.grade
    assert waived.outcome.passes == without.outcome.passes
    assert waived.outcome in {without.outcome, Outcome.WAIVED}


def _every_file_probe(holding: Holding, grade: Grade) -> tuple[Weighed, ...]:
    return tuple(
        Weighed(
            evidence=Evidence(
                item=asked.id,
                subs=use.subs,
                probe=use.probe,
                probe_version=1,
                method=Method.REPOSITORY,
                answer=Answer(holding=holding, grade=grade),
                subjects={},
                observed_at=NOW,
                expires_at=None,
            )
        )
        for asked in CATALOGUE.items
        for use in asked.probes.repository
    )


@given(st.sampled_from(Grade))
def test_files_alone_verify_few_items(grade: Grade) -> None:
    """Even where every probe of a repository holds, and claims whatever grade."""
    grounds = Grounds(weighed=_every_file_probe(Holding.HOLDS, grade))
    judged = verdicts(CATALOGUE, grounds, NOW)
    verified = [one.item for one in judged if one.outcome is Outcome.VERIFIED]

    assert len(verified) <= MOST_VERIFIED_BY_FILES
    assert levels_of(CATALOGUE, judged).application <= 1


def test_files_alone_verify_all_that_they_can() -> None:
    """The number above is reached, so that it means something."""
    grounds = Grounds(weighed=_every_file_probe(Holding.HOLDS, Grade.CONFIGURED))
    judged = verdicts(CATALOGUE, grounds, NOW)

    assert sum(one.outcome is Outcome.VERIFIED for one in judged) == MOST_VERIFIED_BY_FILES


@given(st.lists(st.sampled_from([one.id for one in CATALOGUE.items]), unique=True))
def test_waivers_never_raise_a_level(items: list[str]) -> None:
    """Whatever is waived, every section stays where it was."""
    grounds = Grounds(weighed=_every_file_probe(Holding.HOLDS, Grade.DECLARED))
    accepted = {id_: replace(waiver(), item=id_) for id_ in items}
    before = verdicts(CATALOGUE, grounds, NOW)
    after = verdicts(CATALOGUE, replace(grounds, waivers=accepted), NOW)

    assert levels_of(CATALOGUE, after) == levels_of(CATALOGUE, before)
    assert levels(CATALOGUE, {one.item: one for one in after}).application <= 1
