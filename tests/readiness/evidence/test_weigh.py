"""Evidence counts for as much as its observer, its subject and its age allow."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken import digest
from tenken.evidence import Evidence, Grade, Holding, Method
from tenken.readiness.evidence.chain import read
from tenken.readiness.evidence.weigh import Scale, weigh
from tenken.readiness.verdict import Standing, Weighed
from tests.readiness.evidence.making import (
    COMMIT,
    DRILLED,
    NOW,
    SCALE,
    STRANGER,
    TRUSTED,
    chain_of,
    with_answer,
)


def weighed(content: bytes, scale: Scale = SCALE) -> tuple[Weighed, ...]:
    """Read and weigh a chain."""
    return weigh(read(content, file="evidence.jsonl"), scale)


def test_signed_fresh_evidence_counts(tmp_path: Path) -> None:
    """A drill signed by a trusted observer counts as exercised, and says whose it is."""
    (one,) = weighed(chain_of(tmp_path / "l", DRILLED))

    assert (one.standing, one.evidence, one.observer) == (Standing.COUNTS, DRILLED, "keeper")


def test_a_line_written_by_hand_is_declared(tmp_path: Path) -> None:
    """Exercised is what an observer signed, not what somebody typed."""
    (one,) = weighed(chain_of(tmp_path / "l", DRILLED, key=None))

    assert one.standing is Standing.DECLARED_ONLY
    assert one.evidence.answer.grade is Grade.DECLARED
    assert one.because is not None
    assert one.because.id == "evidence.not_signed"


def test_a_stranger_s_signature_is_worth_as_little(tmp_path: Path) -> None:
    """A key of one's own is no trusted observer."""
    (one,) = weighed(chain_of(tmp_path / "l", DRILLED, key=STRANGER))

    assert one.standing is Standing.DECLARED_ONLY


def test_a_stranger_cannot_borrow_a_key_id(tmp_path: Path) -> None:
    """The id of a trusted key on a stranger's signature changes nothing."""
    line = json.loads(chain_of(tmp_path / "l", DRILLED, key=STRANGER))
    line["signatures"][0]["keyid"] = TRUSTED.keyid
    (one,) = weighed(json.dumps(line).encode())

    assert one.standing is Standing.DECLARED_ONLY


def test_a_key_that_ran_out_is_not_trusted(tmp_path: Path) -> None:
    """A key counts to the last day that the platform file gives it."""
    content = chain_of(tmp_path / "l", DRILLED)
    ended = replace(TRUSTED, expires_on=date(2026, 11, 21))
    last_day = replace(TRUSTED, expires_on=date(2026, 11, 22))

    assert weighed(content, replace(SCALE, trusted=(ended,)))[0].standing is Standing.DECLARED_ONLY
    assert weighed(content, replace(SCALE, trusted=(last_day,)))[0].standing is Standing.COUNTS


def test_a_changed_payload_loses_its_signature(tmp_path: Path) -> None:
    """A failure turned into a pass is an unsigned claim."""
    passed = json.loads(chain_of(tmp_path / "passed", DRILLED))
    failed = json.loads(chain_of(tmp_path / "failed", with_answer(Holding.FAILS, Grade.EXERCISED)))
    forged = {**failed, "payload": passed["payload"]}
    (one,) = weighed(json.dumps(forged).encode())

    assert one.standing is Standing.DECLARED_ONLY


@pytest.mark.parametrize("spoiled", ["changed", "removed", "put in", "first removed", "swapped"])
def test_a_broken_chain_counts_for_nothing(tmp_path: Path, spoiled: str) -> None:
    """Whoever edits one line loses the file, so that no failure can be cut out of it."""
    failed = with_answer(Holding.FAILS, Grade.EXERCISED)
    lines = chain_of(tmp_path / "l", failed, DRILLED, DRILLED).splitlines()
    other = chain_of(tmp_path / "other", DRILLED).splitlines()[0]
    broken = {
        "changed": [other, *lines[1:]],
        "removed": [lines[0], lines[2]],
        "put in": [lines[0], other, *lines[1:]],
        "first removed": lines[1:],
        "swapped": [lines[1], lines[0], lines[2]],
    }[spoiled]

    assert {one.standing for one in weighed(b"\n".join(broken))} == {Standing.REJECTED}


def test_a_rehashed_chain_has_lost_its_signatures(tmp_path: Path) -> None:
    """Who can rewrite a line can hash the rest again, but cannot sign it again."""
    failed = with_answer(Holding.FAILS, Grade.EXERCISED)
    chain_of(tmp_path / "l", failed, DRILLED)
    rewritten = chain_of(tmp_path / "again", DRILLED, DRILLED, key=None)
    standings = {one.standing for one in weighed(rewritten)}

    assert standings == {Standing.DECLARED_ONLY}


def _about(**changes: object) -> Evidence:
    return replace(DRILLED, **changes)


SERVICE_ONLY = {"service": SCALE.subjects["service"]}
REFUSED = {
    "evidence.other_service": _about(subjects={"service": "sha256:" + "00" * 32}),
    "evidence.from_the_future": _about(
        observed_at=NOW + timedelta(minutes=6), expires_at=NOW + timedelta(days=1)
    ),
    "evidence.persons_sign": _about(method=Method.PERSON),
    "evidence.bound_to_nothing": _about(subjects=SERVICE_ONLY, expires_at=None),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_about_this_service_now_is_rejected(tmp_path: Path, reason: str) -> None:
    """A valid signature does not help evidence about something else."""
    (one,) = weighed(chain_of(tmp_path / "l", REFUSED[reason]))

    assert one.standing is Standing.REJECTED
    assert one.because is not None
    assert one.because.id == reason


def test_evidence_about_no_service_is_rejected(tmp_path: Path) -> None:
    """Evidence without a name on it would fit everybody."""
    (one,) = weighed(chain_of(tmp_path / "l", _about(subjects={"commit": COMMIT})))

    assert one.standing is Standing.REJECTED


STALE = {
    "expired": _about(expires_at=NOW),
    "a runtime look longer ago than a week": _about(
        method=Method.RUNTIME, observed_at=NOW - timedelta(days=7)
    ),
    "a drill longer ago than 90 days": _about(
        observed_at=NOW - timedelta(days=90), expires_at=NOW + timedelta(days=3650)
    ),
    "for another commit": _about(subjects={**SERVICE_ONLY, "commit": "0" * 40}),
}


@pytest.mark.parametrize("why", STALE)
def test_evidence_goes_stale(tmp_path: Path, why: str) -> None:
    """Time, and changes, run evidence out."""
    (one,) = weighed(chain_of(tmp_path / "l", STALE[why]))

    assert one.standing is Standing.STALE


def test_evidence_goes_stale_with_what_it_was_given_for(tmp_path: Path) -> None:
    """A drill on last month's prompt says nothing of this one; an unknown digest is its own."""
    content = chain_of(tmp_path / "l", DRILLED)
    prompt = {**SCALE.subjects, "prompt": "sha256:" + "bb" * 32}
    same = {**SCALE.subjects, "prompt": DRILLED.subjects["prompt"]}

    assert weighed(content, replace(SCALE, subjects=prompt))[0].standing is Standing.STALE
    assert weighed(content, replace(SCALE, subjects=same))[0].standing is Standing.COUNTS


def test_without_a_commit_here_a_bound_one_cannot_be_told(tmp_path: Path) -> None:
    """What is bound to a commit counts for that commit only."""
    content = chain_of(tmp_path / "l", _about(subjects={**SERVICE_ONLY, "commit": COMMIT}))

    assert weighed(content)[0].standing is Standing.COUNTS
    assert weighed(content, replace(SCALE, subjects=SERVICE_ONLY))[0].standing is Standing.STALE


def test_a_clock_set_back_revives_nothing(tmp_path: Path) -> None:
    """The newest commit has been made, so it is at least that late."""
    expired = _about(observed_at=NOW - timedelta(days=30), expires_at=NOW - timedelta(days=1))
    content = chain_of(tmp_path / "l", expired)
    back = replace(SCALE, now=NOW - timedelta(days=2))

    assert weighed(content, back)[0].standing is Standing.COUNTS
    assert weighed(content, replace(back, not_before=NOW))[0].standing is Standing.STALE


def test_a_clock_set_back_before_the_evidence_rejects_it(tmp_path: Path) -> None:
    """Evidence from what is then the future counts for nothing."""
    back = replace(SCALE, now=NOW - timedelta(days=3))

    assert weighed(chain_of(tmp_path / "l", DRILLED), back)[0].standing is Standing.REJECTED


def test_a_method_gives_no_more_than_it_can(tmp_path: Path) -> None:
    """A look at the running system is no drill, whatever grade it claims."""
    (one,) = weighed(chain_of(tmp_path / "l", _about(method=Method.RUNTIME)))

    assert one.evidence.answer.grade is Grade.OBSERVED


def test_an_unsigned_stale_line_would_not_have_passed(tmp_path: Path) -> None:
    """What never counted leaves no stale proof behind."""
    (one,) = weighed(chain_of(tmp_path / "l", _about(expires_at=NOW), key=None))

    assert (one.standing, one.evidence.answer.grade) == (Standing.STALE, Grade.DECLARED)


def test_digests_of_lines_are_over_raw_bytes(tmp_path: Path) -> None:
    """Anyone can check the chain with sha256sum."""
    first, second = chain_of(tmp_path / "l", DRILLED, DRILLED, key=None).splitlines()

    assert json.loads(second)["predicate"]["previous"] == digest.of_bytes(first)
