"""Which sign-offs count, and why the others do not."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.signing.approvals import Approval
from tests.readiness.signing.signed import ANALYST, FILE, MANIFEST, NOW, SIGNOFF, Story

PLAIN = Story()
TWENTY = "2026-11-20T10:00:00+00:00"


def approval(
    approver: str = "hana@example.com", *, at: str = TWENTY, file: str = FILE
) -> Approval:
    """An approval on the forge."""
    return Approval(file=file, approver=approver, at=datetime.fromisoformat(at))


EXEMPTION = (
    SIGNOFF.replace("item: 0-1-1", "item: 3-2-3")
    .replace("product_owner", "architect")
    .replace("  - {path: tenken.yaml, key: goals, sha256: GOALS}", "  []")
    + "exempts: true\nreason: One provider is contractually required until spring.\n"
)

COUNTS = {
    "committed by the person": PLAIN,
    "the name in another width and case": PLAIN.but("name: Hana Sato", "name: ＨＡＮＡ  sato"),
    "the address in another case": PLAIN.but("email: hana@", "email: Hana@"),
    "the figures laid out anew": replace(
        PLAIN, manifest=MANIFEST.replace("baseline: 20", "baseline:  20 # a comment\n     ")
    ),
    "another block edited": replace(
        PLAIN, manifest=MANIFEST.replace("handled / all", "handled / seen")
    ),
    "on its last day": replace(PLAIN, now=datetime(2027, 4, 1, 23, tzinfo=UTC)),
    "approved on the forge, committed by another": replace(
        PLAIN, committed_by=ANALYST, approvals=(approval(),)
    ),
    "approved, in a shallow clone": replace(PLAIN, is_whole=False, approvals=(approval(),)),
    "tier A, a text by somebody else": replace(PLAIN, tier="A"),
    "not needed, with a reason": replace(PLAIN, signoff=EXEMPTION, item="3-2-3"),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_sign_off_counts(name: str) -> None:
    """A named person, in the right role, over the very text, for long enough."""
    told = COUNTS[name].told()

    assert told.void == {}
    (signed,) = told.signed.values()
    assert signed.expires_on == date(2027, 4, 1)


NEVER_VALID = {
    "wrong_role": PLAIN.but("role: product_owner", "role: architect"),
    "needs_none": PLAIN.but("item: 0-1-1", "item: 1-1-1"),
    "no_exemption": PLAIN.but("signed_at", "exempts: true\nreason: No time this year\nsigned_at"),
    "only_exemption": replace(
        PLAIN.but("item: 0-1-1", "item: 3-2-3").but("role: product_owner", "role: architect"),
        item="3-2-3",
    ),
    "from_the_future": PLAIN.but("2026-11-01T09:00:00Z", "2026-11-22T12:00:01Z"),
    "too_long": PLAIN.but("2027-04-01", "2027-05-01"),
    "signs_nothing": PLAIN.but("  - {path: tenken.yaml, key: goals, sha256: GOALS}", "  []"),
    "leaves_out": replace(
        PLAIN, rests_on=(Place("docs/goals.md", 1),), others=(("docs/goals.md", "Sixty"),)
    ),
    "not_committed": replace(PLAIN, committed_by=""),
    "history_cut_off": replace(PLAIN, is_whole=False),
    "other_author": replace(PLAIN, committed_by=ANALYST),
    "text_not_committed": replace(PLAIN, tier="A", dirty=frozenset({"tenken.yaml"})),
    "own_text": replace(PLAIN, tier="A", written_by="H. Sato <hana@example.com>"),
}


@pytest.mark.parametrize("reason", NEVER_VALID)
def test_a_sign_off_is_worth_nothing(reason: str) -> None:
    """It says why, and never was valid."""
    told = NEVER_VALID[reason].told()

    assert told.signed == {}
    ((void,),) = told.void.values()
    assert (void.because.id, void.was_valid) == (f"signoff.{reason}", False)
    assert void.place == Place(FILE)


CHEATS = {
    "the right name with one's own address": PLAIN.but("email: hana@", "email: ken@"),
    "one's own address with the right name": replace(
        PLAIN.but("email: hana@", "email: ken@"), committed_by=ANALYST
    ),
    "an approval by another": replace(
        PLAIN, committed_by=ANALYST, approvals=(approval("ken@example.com"),)
    ),
    "an approval of an earlier version": replace(
        PLAIN, committed_by=ANALYST, approvals=(approval(at="2026-11-01T00:00:00+00:00"),)
    ),
    "an approval of another file": replace(
        PLAIN, committed_by=ANALYST, approvals=(approval(file="README.md"),)
    ),
    "changed and not committed": replace(PLAIN, dirty=frozenset({FILE})),
    "approved, then changed and not committed": replace(
        PLAIN, dirty=frozenset({FILE}), approvals=(approval(),)
    ),
    "a shallow clone in tier A": replace(PLAIN, tier="A", is_whole=False, approvals=(approval(),)),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_another_person_s_name_does_not_help(cheat: str) -> None:
    """Who signs is who committed, or who approved this very version."""
    assert CHEATS[cheat].told().signed == {}


LAPSED = {
    "edited": replace(PLAIN, manifest=MANIFEST.replace("target: 60", "target: 30")),
    "expired": replace(PLAIN, now=datetime(2027, 4, 2, tzinfo=UTC)),
}


@pytest.mark.parametrize("reason", LAPSED)
def test_a_sign_off_lapses(reason: str) -> None:
    """It was valid once: the item is stale, not wrongly signed."""
    ((void,),) = LAPSED[reason].told().void.values()

    assert (void.because.id, void.was_valid) == (f"signoff.{reason}", True)


def test_a_text_that_is_gone_was_edited() -> None:
    """Moving the goals to another file voids the signature on the old one."""
    moved = MANIFEST.partition("goals:")[0]
    told = replace(PLAIN, manifest=moved, rests_on=()).told()

    assert told.void["0-1-1"][0].because.id == "signoff.edited"


def test_an_edit_of_a_file_voids_it() -> None:
    """A file is signed by its bytes."""
    signoff = SIGNOFF.replace("path: tenken.yaml, key: goals", "path: docs/goals.md")
    edited = replace(
        PLAIN,
        signoff=signoff,
        rests_on=(Place("docs/goals.md", 1),),
        others=(("docs/goals.md", "Something else"),),
    )

    assert edited.told().void["0-1-1"][0].because.id == "signoff.edited"


def test_the_newest_of_two_counts() -> None:
    """An older sign-off that lapsed does not speak against a newer one."""
    older = SIGNOFF.replace("2026-11-01T", "2026-06-01T").replace("2027-04-01", "2026-07-01")
    told = replace(
        PLAIN, others=(("signoffs/older.yaml", older.replace("GOALS", "0" * 64)),)
    ).told()

    assert told.void == {}
    assert told.signed["0-1-1"].signed_at.month == NOW.month
