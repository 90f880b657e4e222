"""The judgements are well formed, and a comparison cannot hide a false pass."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from bench.inspection import compare
from bench.inspection.compare import Finding, Judgement, Part, Reading, Report

from tenken.readiness.catalogue import shipped

JUDGED = compare.judgements(compare.HERE / "expected.jsonl")
HELD_OUT = compare.judgements(compare.HERE / "expected-held-out.jsonl")
SECOND = compare.judgements(compare.HERE / "expected-second-set.jsonl")
LABELS = compare.THERE | compare.NOT_THERE | {"not_visible", "not_applicable"}


def judgement(expected: str = "absent", *, sub: str | None = None) -> Judgement:
    return Judgement(
        repository="owner/name",
        commit="0" * 40,
        item="1-4-1",
        sub=sub,
        expected=expected,
        where="app/main.py:1",
        why="a reason",
    )


def report(*parts: Part) -> Report:
    return Report(items=parts)


def part(outcome: str, grade: str = "E0", *, id: str = "1-4-1") -> Part:  # noqa: A002 - the field's name
    return Part(id=id, outcome=outcome, grade=grade)


READINGS = [
    ("absent", "verified", "E2", Reading.false_green),
    ("absent", "configured", "E2", Reading.false_green),
    ("neutralised", "waived", "E2", Reading.false_green),
    ("declared", "configured", "E1", Reading.agrees),
    ("absent", "partial", "E1", Reading.partly_claimed),
    ("absent", "unknown", "E0", Reading.agrees),
    ("neutralised", "failed", "E0", Reading.agrees),
    ("configured", "verified", "E2", Reading.agrees),
    ("configured", "partial", "E1", Reading.agrees),
    ("configured", "unknown", "E0", Reading.missed),
    ("configured", "not_visible", "E0", Reading.missed),
    ("configured", "failed", "E0", Reading.false_failure),
    ("partial", "configured", "E2", Reading.overclaimed),
    ("partial", "partial", "E0", Reading.agrees),
    ("partial", "failed", "E0", Reading.false_failure),
    ("not_visible", "not_visible", "E0", Reading.agrees),
    ("not_visible", "failed", "E0", Reading.unseen_failed),
    ("not_visible", "configured", "E2", Reading.unseen_claimed),
    ("not_applicable", "failed", "E0", Reading.unneeded_failed),
    ("not_applicable", "unknown", "E0", Reading.agrees),
]


@pytest.mark.parametrize(("expected", "outcome", "grade", "reading"), READINGS)
def test_a_judgement_is_read_beside_what_was_reported(
    expected: str, outcome: str, grade: str, reading: Reading
) -> None:
    assert compare.reading(expected, part(outcome, grade)) is reading


def test_a_label_that_nobody_knows_stops_the_comparison() -> None:
    with pytest.raises(SystemExit, match="unknown label 'perhaps'"):
        compare.reading("perhaps", part("failed"))


DIVIDED = Part(
    id="1-4-1",
    outcome="partial",
    subs=(part("configured", "E2", id="a"), part("failed", id="b")),
    findings=(Finding(kind="lie"),),
)
UNDIVIDED = Part(
    id="1-4-1", outcome="configured", grade="E2", subs=(part("configured", "E2", id=""),)
)


@pytest.mark.parametrize(
    ("item", "sub", "outcome"),
    [
        (DIVIDED, "a", "configured"),
        (DIVIDED, "b", "failed"),
        (DIVIDED, "c", "unknown"),
        (DIVIDED, None, "partial"),
        (UNDIVIDED, "a", "configured"),
        (part("failed", id="2-1-1"), "a", "unknown"),
    ],
)
def test_a_judgement_meets_the_part_that_it_speaks_of(
    item: Part, sub: str | None, outcome: str
) -> None:
    assert compare.beside(judgement(sub=sub), report(item)).got.outcome == outcome


def test_a_lie_that_was_told_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    rows = compare.rows([judgement("neutralised", sub="b")], {"owner/name": report(DIVIDED)})
    compare.tell(rows)
    assert "told as a lie   1 of 1" in capsys.readouterr().out


def test_what_is_reported_in_effect_without_a_judgement_is_listed() -> None:
    extra = part("configured", "E2", id="4-2-1")
    reported = {"owner/name": report(DIVIDED, extra, part("partial", id="4-2-4"))}
    assert list(compare.unjudged([judgement()], reported)) == [("owner/name", extra)]


@pytest.mark.parametrize("judged", [JUDGED, HELD_OUT, SECOND], ids=["first", "held out", "second"])
def test_every_judgement_is_well_formed(judged: tuple[Judgement, ...]) -> None:
    subs = {item.id: item.sub_ids for item in shipped().items}
    assert [one for one in judged if (one.sub or "") not in subs[one.item]] == []
    assert [one for one in judged if one.expected not in LABELS or not one.why] == []
    assert [one for one in judged if not re.fullmatch("[0-9a-f]{40}", one.commit)] == []
    places = [one.where for one in judged if one.where is not None]
    assert [place for place in places if not re.fullmatch(r"[^/].*:\d+", place)] == []


@pytest.mark.parametrize(("judged", "number"), [(JUDGED, 20), (HELD_OUT, 8), (SECOND, 10)])
def test_nothing_is_judged_twice_and_each_repository_at_one_commit(
    judged: tuple[Judgement, ...], number: int
) -> None:
    keys = [(one.repository, one.item, one.sub) for one in judged]
    commits = {(one.repository, one.commit) for one in judged}
    assert len(set(keys)) == len(keys)
    assert len(commits) == len({repository for repository, _ in commits}) == number


def test_what_is_held_out_was_not_tuned_for() -> None:
    sets = [{one.repository for one in judged} for judged in (JUDGED, HELD_OUT, SECOND)]
    assert sum(map(len, sets)) == len(set().union(*sets))


INSPECTOR = """
import json, os
assert os.listdir(os.environ["TENKEN_STATE"]) == []
item = {"id": "1-4-1", "outcome": "configured", "grade": "E2", "subs": [], "findings": []}
print(json.dumps({"items": [item]}))
raise SystemExit(1)
"""


def test_a_false_pass_fails_the_command_and_stands_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = tmp_path / "clones" / "owner+name"
    head = commit(clone)
    judged = msgspec.structs.replace(judgement(), commit=head)
    (tmp_path / "expected.jsonl").write_bytes(msgspec.json.encode(judged) + b"\n")
    (tmp_path / "inspector.py").write_text(INSPECTOR)
    monkeypatch.setattr(compare, "HERE", tmp_path)
    inspector = [sys.executable, str(tmp_path / "inspector.py")]
    monkeypatch.setattr(
        sys, "argv", ["compare.py", "--from", str(clone.parent), "--tenken", *inspector]
    )
    with pytest.raises(SystemExit, match="1"):
        compare.main()
    row = f"| owner/name | {head[:12]} | 1-4-1 | absent | configured | E2 | false pass |"
    assert row in (tmp_path / "results.md").read_text()
    assert "false passes    1" in capsys.readouterr().out


def test_other_judgements_are_compared_and_leave_the_table_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = tmp_path / "owner+name"
    judged = msgspec.structs.replace(judgement("configured"), commit=commit(clone))
    other = tmp_path / "other.jsonl"
    other.write_bytes(msgspec.json.encode(judged) + b"\n")
    (tmp_path / "inspector.py").write_text(INSPECTOR)
    (tmp_path / "table").mkdir()
    monkeypatch.setattr(compare, "HERE", tmp_path)
    line = ["compare.py", "--from", str(tmp_path), "--expected", str(other)]
    inspector = ["--tenken", sys.executable, str(tmp_path / "inspector.py")]
    monkeypatch.setattr(sys, "argv", [*line, *inspector])
    compare.main()
    assert "found           1 of 1" in capsys.readouterr().out
    assert not (tmp_path / "results.md").exists()
    monkeypatch.setattr(sys, "argv", [*line, "--results", str(tmp_path / "table"), *inspector])
    compare.main()
    assert (tmp_path / "table" / "results.md").exists()


def test_a_clone_at_another_commit_is_skipped_and_said_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(tmp_path / "owner+name")
    made = compare.reports([judgement()], clones=tmp_path, tenken=["false"], keep=None)
    assert not dict(made)
    assert "is not at 000000000000" in capsys.readouterr().err


def commit(folder: Path) -> str:
    """A repository with one commit; gives the commit."""
    folder.mkdir(parents=True)
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "a"], check=True)
    return compare.head_of(folder)
