"""Signatures: what a person decides, what a person signs besides, what is signed as not needed."""

from datetime import date

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Grade, Holding
from tenken.place import Place
from tenken.readiness.catalogue import Item, SignatureKind
from tenken.readiness.judge import Case, judge
from tenken.readiness.verdict import Outcome, Signed, Verdict, VoidSignature, Weighed, Word
from tenken.sentence import say
from tests.readiness.cases import NOW, D, P, R, V, item, saw, signed

HOLDS, PARTLY, FAILS = Holding.HOLDS, Holding.PARTLY, Holding.FAILS
NOT_HERE = Holding.NOT_APPLICABLE
DECIDES, COSIGN, EXEMPTION = SignatureKind.DECIDES, SignatureKind.COSIGN, SignatureKind.EXEMPTION
DECLARED = Grade.DECLARED


class Signing(Struct, frozen=True, kw_only=True):
    """An item, what was found, who signed, and what follows."""

    name: str
    item: Item
    found: tuple[Weighed, ...]
    signed: Signed | None = None
    outcome: Outcome
    awaits: str | None = None


PERSON = item(P, runtime=(), drill=(), signature=DECIDES)
COSIGNED = item(R, runtime=(), drill=(), signature=COSIGN)
EXEMPT = item(D, signature=EXEMPTION)
DECIDED_SUB = item(
    V,
    repository=("r1:a", "r2:d"),
    runtime=("v1:a",),
    drill=(),
    subs=(("a", V), ("d", P)),
    signature=EXEMPTION,
)
UNASKED_SUB = item(
    V, repository=(), runtime=("v1:b",), drill=(), subs=(("a", P), ("b", V)), signature=COSIGN
)
TEXT = (saw("r1", HOLDS, DECLARED),)
FILES = (saw("r1", HOLDS),)
LOOKED = (saw("v1", HOLDS),)
SIGNINGS = [
    Signing(
        name="a text waits", item=PERSON, found=TEXT, outcome=Outcome.CONFIGURED, awaits="owner"
    ),
    Signing(
        name="a text is signed", item=PERSON, found=TEXT, signed=signed(), outcome=Outcome.VERIFIED
    ),
    Signing(
        name="a block waits", item=PERSON, found=FILES, outcome=Outcome.CONFIGURED, awaits="owner"
    ),
    Signing(name="nothing to sign", item=PERSON, found=(), outcome=Outcome.UNKNOWN),
    Signing(
        name="nothing was signed", item=PERSON, found=(), signed=signed(), outcome=Outcome.UNKNOWN
    ),
    Signing(
        name="no signature over what is false",
        item=PERSON,
        found=(saw("r1", FAILS),),
        signed=signed(),
        outcome=Outcome.FAILED,
    ),
    Signing(
        name="no signature over what is there in part",
        item=PERSON,
        found=(saw("r1", PARTLY),),
        signed=signed(),
        outcome=Outcome.PARTIAL,
    ),
    Signing(
        name="an exemption where none is foreseen signs nothing else",
        item=PERSON,
        found=(),
        signed=signed(exempts=True),
        outcome=Outcome.UNKNOWN,
    ),
    Signing(
        name="files wait for the second pair of eyes",
        item=COSIGNED,
        found=FILES,
        outcome=Outcome.CONFIGURED,
        awaits="owner",
    ),
    Signing(
        name="files and the second pair of eyes",
        item=COSIGNED,
        found=FILES,
        signed=signed(),
        outcome=Outcome.VERIFIED,
    ),
    Signing(
        name="a signature replaces no files",
        item=COSIGNED,
        found=(),
        signed=signed(),
        outcome=Outcome.UNKNOWN,
    ),
    Signing(
        name="a signature on a text is no file in effect",
        item=COSIGNED,
        found=TEXT,
        signed=signed(),
        outcome=Outcome.UNKNOWN,
    ),
    Signing(
        name="what does not apply needs no signature",
        item=COSIGNED,
        found=(saw("r1", NOT_HERE),),
        outcome=Outcome.NOT_APPLICABLE,
    ),
    Signing(
        name="not needed, and signed",
        item=EXEMPT,
        found=(),
        signed=signed(exempts=True),
        outcome=Outcome.WAIVED,
    ),
    Signing(
        name="signed, but not as not needed",
        item=EXEMPT,
        found=(),
        signed=signed(),
        outcome=Outcome.UNKNOWN,
    ),
    Signing(
        name="needed after all, and proved",
        item=EXEMPT,
        found=(saw("d1", HOLDS),),
        outcome=Outcome.VERIFIED,
    ),
    Signing(
        name="the part that a person decides waits",
        item=DECIDED_SUB,
        found=(*LOOKED, saw("r2", HOLDS)),
        outcome=Outcome.CONFIGURED,
        awaits="owner",
    ),
    Signing(
        name="the part that a person decides is signed",
        item=DECIDED_SUB,
        found=(*LOOKED, saw("r2", HOLDS)),
        signed=signed(subs=("d",)),
        outcome=Outcome.VERIFIED,
    ),
    Signing(
        name="a signed not-needed decides the part that a person decides",
        item=DECIDED_SUB,
        found=LOOKED,
        signed=signed(exempts=True, subs=("d",)),
        outcome=Outcome.VERIFIED,
    ),
    Signing(
        name="a part seen at work cannot be signed, only exempted",
        item=DECIDED_SUB,
        found=(saw("r2", HOLDS),),
        signed=signed(subs=("a", "d")),
        outcome=Outcome.PARTIAL,
    ),
    Signing(
        name="a part exempted stays visible",
        item=DECIDED_SUB,
        found=(saw("r2", HOLDS),),
        signed=signed(exempts=True, subs=("a", "d")),
        outcome=Outcome.WAIVED,
    ),
    Signing(
        name="an exemption of one part leaves the other",
        item=DECIDED_SUB,
        found=LOOKED,
        signed=signed(exempts=True, subs=("a",)),
        outcome=Outcome.PARTIAL,
    ),
    Signing(
        name="a part that no probe asks about waits",
        item=UNASKED_SUB,
        found=LOOKED,
        outcome=Outcome.CONFIGURED,
        awaits="owner",
    ),
    Signing(
        name="a part that no probe asks about is signed",
        item=UNASKED_SUB,
        found=LOOKED,
        signed=signed(),
        outcome=Outcome.VERIFIED,
    ),
    Signing(
        name="a signature for one part is not for all",
        item=UNASKED_SUB,
        found=LOOKED,
        signed=signed(subs=("a",)),
        outcome=Outcome.CONFIGURED,
        awaits="owner",
    ),
    Signing(
        name="a signed part waits for the other",
        item=UNASKED_SUB,
        found=(),
        signed=signed(),
        outcome=Outcome.PARTIAL,
    ),
]


@pytest.mark.parametrize("case", SIGNINGS, ids=lambda case: case.name)
def test_a_person_signs(case: Signing) -> None:
    """A signature decides what a person decides, and nothing that a machine can see."""
    verdict = judge(Case(item=case.item, evidence=case.found, signed=case.signed, now=NOW))

    assert (verdict.outcome, verdict.awaits) == (case.outcome, case.awaits)


def test_an_item_that_waits_needs_sign_off() -> None:
    """The first screen says so in its own word, and the reason comes first."""
    verdict = judge(Case(item=PERSON, evidence=TEXT, now=NOW))

    assert verdict.word is Word.NEEDS_SIGN_OFF
    assert verdict.reasons[0] == say("judge.awaits_signature", role="owner")
    assert verdict.grade is DECLARED


def test_a_signature_that_ran_out_counts_no_more() -> None:
    """The judge itself looks at the day."""
    ended = replace(signed(), expires_on=date(2026, 11, 21))
    last_day = replace(signed(), expires_on=date(2026, 11, 22))

    assert _signed_by(ended).awaits == "owner"
    assert _signed_by(last_day).outcome is Outcome.VERIFIED


@pytest.mark.parametrize(
    ("was_valid", "outcome"), [(True, Outcome.STALE), (False, Outcome.CONFIGURED)]
)
def test_a_sign_off_that_does_not_count_is_told(was_valid: bool, outcome: Outcome) -> None:
    """One that ran out makes the item stale; one that never was valid leaves it waiting."""
    because = say("judge.no_such_probe", probe="x")
    void = VoidSignature(because=because, place=Place("signoffs/x.yaml"), was_valid=was_valid)
    verdict = judge(Case(item=PERSON, evidence=TEXT, void=(void,), now=NOW))

    assert (verdict.outcome, verdict.awaits) == (outcome, "owner")
    assert because in verdict.reasons


def test_an_exemption_that_ran_out_is_stale() -> None:
    """It was waived; now nobody says that it is not needed. Failures are told as failures."""
    void = VoidSignature(because=say("judge.x"), place=Place("signoffs/x.yaml"), was_valid=True)
    waived_once = judge(Case(item=EXEMPT, evidence=FILES, void=(void,), now=NOW))
    never = judge(
        Case(item=EXEMPT, evidence=FILES, void=(replace(void, was_valid=False),), now=NOW)
    )

    failed = judge(Case(item=EXEMPT, evidence=(saw("d1", FAILS),), void=(void,), now=NOW))

    assert (waived_once.outcome, never.outcome) == (Outcome.STALE, Outcome.CONFIGURED)
    assert failed.outcome is Outcome.FAILED
    assert waived_once.reasons[0] == void.because


def _signed_by(signature: Signed) -> Verdict:
    return judge(Case(item=PERSON, evidence=TEXT, signed=signature, now=NOW))
