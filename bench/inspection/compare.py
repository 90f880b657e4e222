"""Compares what a careful reader judged in public repositories with what tenken reports.

    python bench/inspection/compare.py --from CLONES

CLONES holds one clone per repository, named owner+name, at the commit that expected.jsonl names.
Writes results.jsonl and results.md beside this file and prints the three figures that matter:
passes that are false, what was found of what is there, failures that are false.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
BESIDE_PYTHON = Path(sys.executable).with_name("tenken")
CONFIGURED = "E2"
"""The grade from which something counts as being in effect; E0 to E4 stand in order."""

THERE = frozenset({"configured", "partial"})
"""What a reader saw in effect, wholly or in part."""
NOT_THERE = frozenset({"absent", "neutralised", "declared"})
"""What must not be reported as being in effect."""
FOUND = frozenset({"configured", "partial", "verified"})


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One line of expected.jsonl: what a person saw, and where."""

    repository: str
    commit: str
    item: str
    sub: str | None
    expected: str
    where: str | None
    why: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of a place; a lie looks done and is not."""

    kind: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An item, or a sub-criterion of one, as a report has it."""

    id: str
    outcome: str
    grade: str = "E0"
    subs: tuple["Part", ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def claimed(self) -> bool:
        """Whether it is reported as being in effect; a text that awaits a signature is not."""
        return self.outcome == "verified" or self.grade >= CONFIGURED


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a JSON report that is compared."""

    items: tuple[Part, ...]


class Reading(Enum):
    """How a judgement and a report stand to each other."""

    agrees = "agrees"
    false_green = "false pass"
    partly_claimed = "partly claimed though not there"
    overclaimed = "overclaimed"
    missed = "missed"
    false_failure = "false failure"
    unseen_claimed = "claimed though not visible"
    unseen_failed = "failed though not visible"
    unneeded_failed = "failed though not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A judgement beside what was reported."""

    judged: Judgement
    got: Part
    reading: Reading
    unmasked: bool
    """Whether the report names something of the item that looks done and is not."""


def reading(expected: str, got: Part) -> Reading:
    """How the reported outcome stands to the judged one."""
    if expected in NOT_THERE:
        if got.claimed:
            return Reading.false_green
        return Reading.partly_claimed if got.outcome == "partial" else Reading.agrees
    if expected in THERE:
        return _reading_of_there(expected, got)
    if expected == "not_visible":
        unseen = {"failed": Reading.unseen_failed} | dict.fromkeys(FOUND, Reading.unseen_claimed)
        return unseen.get(got.outcome, Reading.agrees)
    if expected == "not_applicable":
        return Reading.unneeded_failed if got.outcome == "failed" else Reading.agrees
    raise SystemExit(f"expected.jsonl: unknown label {expected!r}")


def _reading_of_there(expected: str, got: Part) -> Reading:
    if got.outcome == "failed":
        return Reading.false_failure
    if got.outcome not in FOUND:
        return Reading.missed
    overclaimed = expected == "partial" and got.claimed
    return Reading.overclaimed if overclaimed else Reading.agrees


def judgements(path: Path) -> tuple[Judgement, ...]:
    """Every line of the expected judgements."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(msgspec.json.decode(line, type=Judgement) for line in lines if line)


def folder_of(repository: str) -> str:
    """`owner/name` as the name of a folder."""
    return repository.replace("/", "+", 1)


def head_of(clone: Path) -> str:
    """The commit that a clone stands at; empty where it is none."""
    answer = subprocess.run(
        ["git", "-C", str(clone), "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


def inspect(clone: Path, *, tenken: Sequence[str]) -> bytes:
    """The JSON report on a clone; a gate that stops is no failure of the run."""
    with tempfile.TemporaryDirectory() as state:
        line = [*tenken, "check", str(clone), "--format", "json"]
        apart = {**os.environ, "TENKEN_STATE": state}
        run = subprocess.run(line, capture_output=True, check=False, env=apart)
    if run.returncode not in {0, 1}:
        raise SystemExit(f"{clone.name}: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def reports(
    judged: Iterable[Judgement], *, clones: Path, tenken: Sequence[str], keep: Path | None
) -> Iterator[tuple[str, Report]]:
    """The report on each judged repository of which the right commit is there."""
    for repository, commit in dict.fromkeys((one.repository, one.commit) for one in judged):
        clone = clones / folder_of(repository)
        if head_of(clone) != commit:
            print(f"skipped: {clone} is not at {commit[:12]}", file=sys.stderr)
            continue
        raw = inspect(clone, tenken=tenken)
        if keep:
            (keep / f"{clone.name}.json").write_bytes(raw)
        yield repository, msgspec.json.decode(raw, type=Report)


def beside(judged: Judgement, report: Report) -> Row:
    """A judgement beside what the report says of its item or sub-criterion."""
    unknown = Part(id=judged.item, outcome="unknown")
    item = next((one for one in report.items if one.id == judged.item), unknown)
    got = _part_of(item, judged) or unknown
    unmasked = any(finding.kind == "lie" for finding in item.findings)
    return Row(judged=judged, got=got, reading=reading(judged.expected, got), unmasked=unmasked)


def _part_of(item: Part, judged: Judgement) -> Part | None:
    """What was judged of an item; one that is reported undivided answers for all its parts."""
    divided = any(one.id for one in item.subs)
    if judged.sub is None or not divided:
        return item
    return next((one for one in item.subs if one.id == judged.sub), None)


def rows(judged: Iterable[Judgement], reported: Mapping[str, Report]) -> tuple[Row, ...]:
    """Every judgement of a repository that was inspected, beside its report."""
    return tuple(
        beside(one, reported[one.repository]) for one in judged if one.repository in reported
    )


def unjudged(
    judged: Iterable[Judgement], reported: Mapping[str, Report]
) -> Iterator[tuple[str, Part]]:
    """What is reported in effect without having been judged: to be read afterwards."""
    known = {(one.repository, one.item) for one in judged}
    for repository, report in reported.items():
        for item in report.items:
            if item.claimed and (repository, item.id) not in known:
                yield repository, item


def label(row: Row) -> str:
    """The item, with its sub-criterion."""
    return row.judged.item + (f" {row.judged.sub}" if row.judged.sub else "")


def write_results(compared: Sequence[Row], folder: Path) -> None:
    """The table for machines and the one for people: facts, no code."""
    lines = [msgspec.json.encode(_record(row)).decode() for row in compared]
    (folder / "results.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    head = "| repository | commit | item | expected | got | grade | reading |"
    table = [head, "|---|---|---|---|---|---|---|", *map(_line, compared)]
    (folder / "results.md").write_text("\n".join(table) + "\n", encoding="utf-8")


def _record(row: Row) -> dict[str, str | None]:
    judged = row.judged
    return {
        "repository": judged.repository,
        "commit": judged.commit,
        "item": judged.item,
        "sub": judged.sub,
        "expected": judged.expected,
        "got": row.got.outcome,
        "grade": row.got.grade,
        "reading": row.reading.value,
    }


def _line(row: Row) -> str:
    judged = row.judged
    cells = (
        judged.repository,
        judged.commit[:12],
        label(row),
        judged.expected,
        row.got.outcome,
        row.got.grade,
        row.reading.value,
    )
    return f"| {' | '.join(cells)} |"


def tell(compared: Sequence[Row]) -> None:
    """The three figures, then every disagreement with its place."""
    there = [row for row in compared if row.judged.expected in THERE]
    found = [row for row in there if row.got.outcome in FOUND]
    counted = Counter(row.reading for row in compared)
    failed = [row for row in there if row.reading is Reading.false_failure]
    whole = sum(row.judged.expected == "configured" for row in failed)
    repositories = len({row.judged.repository for row in compared})
    print(f"{len(compared)} judgements in {repositories} repositories")
    print(f"false passes    {counted[Reading.false_green]}  (goal 0)")
    print(f"found           {_share(len(found), len(there))}  (goal at least 90 %)")
    print(f"false failures  {_share(len(failed), len(there))}  (goal at most 3 %)")
    print(f"  of what is wholly there: {whole}")
    masked = [row for row in compared if row.judged.expected == "neutralised"]
    print(f"told as a lie   {_share(sum(row.unmasked for row in masked), len(masked))}")
    for kind in Reading:
        if kind is not Reading.agrees and counted[kind]:
            _tell_kind(kind, [row for row in compared if row.reading is kind])


def _share(some: int, whole: int) -> str:
    return f"{some} of {whole} = {100 * some / whole:.1f} %" if whole else "0 of 0"


def _tell_kind(kind: Reading, some: Sequence[Row]) -> None:
    print(f"\n{kind.value} ({len(some)})")
    for row in some:
        judged = row.judged
        print(f"  {judged.repository} {label(row)}: {judged.expected}, got {row.got.outcome}")
        print(f"    {judged.where or 'nowhere'}: {judged.why}")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--from", dest="clones", type=Path, required=True, metavar="CLONES")
    parser.add_argument("--expected", type=Path, help="other judgements, held out ones")
    parser.add_argument("--results", type=Path, metavar="FOLDER", help="where the table goes")
    parser.add_argument("--only", metavar="OWNER/NAME", help="one repository")
    parser.add_argument("--keep", type=Path, help="a folder for the JSON reports")
    parser.add_argument("--tenken", nargs="+", default=[str(BESIDE_PYTHON)])
    return parser.parse_args()


def table_folder(asked: argparse.Namespace) -> Path | None:
    """Where the table goes: here for all the own judgements, else only where it is asked for."""
    folder: Path | None = asked.results
    return folder if folder or asked.only or asked.expected else HERE


def main() -> None:
    """Inspects, compares, writes and tells."""
    asked = arguments()
    judged = judgements(asked.expected or HERE / "expected.jsonl")
    if asked.only:
        judged = tuple(one for one in judged if one.repository == asked.only)
    made = reports(judged, clones=asked.clones, tenken=asked.tenken, keep=asked.keep)
    reported = dict(made)
    compared = rows(judged, reported)
    folder = table_folder(asked)
    if folder:
        write_results(compared, folder)
    tell(compared)
    for repository, item in unjudged(judged, reported):
        print(f"not judged yet: {repository} {item.id} is reported {item.outcome}")
    if any(row.reading is Reading.false_green for row in compared):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
