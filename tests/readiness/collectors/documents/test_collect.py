"""What the example says, read as a careful reader would; and readers that never give up."""

# ruff: noqa: E501 - tables read best unbroken

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.readiness.collectors.documents.data.cases.rows import normalised, read_rows
from tenken.readiness.collectors.documents.data.datasets import Finder, find_datasets
from tenken.readiness.facts.datasets import DatasetState, Task
from tenken.readiness.facts.documents import Column, CopyState, DocumentFacts, Subject
from tests.readiness.trees import FakeTree
from tests.readiness.written import survey_of

EXAMPLE = Path(__file__).parents[4] / "examples" / "shift-desk-before"


@pytest.fixture(scope="module")
def desk() -> DocumentFacts:
    """The documents of the support desk."""
    files = {
        str(path.relative_to(EXAMPLE)): path.read_text("utf-8")
        for path in EXAMPLE.rglob("*")
        if path.is_file()
    }
    return survey_of(files).documents


def test_the_golden_set_is_counted(desk: DocumentFacts) -> None:
    """Duplicates but for a full stop, and rows without an expected result, are seen."""
    (golden,) = desk.datasets

    assert (golden.rows, golden.unique, golden.usable) == (15, 12, 9)
    assert [(str(twin.place), str(twin.first)) for twin in golden.twins] == [
        ("evals/golden.jsonl:6", "evals/golden.jsonl:1"),
        ("evals/golden.jsonl:8", "evals/golden.jsonl:2"),
        ("evals/golden.jsonl:12", "evals/golden.jsonl:9"),
    ]
    assert [manifest.matches for manifest in desk.dataset_manifests] == [True]


def test_statements_keep_their_places(desk: DocumentFacts) -> None:
    """Tables, YAML and prose become statements where they stand."""
    limits = [(str(one.place), one.text(Column.TPM)) for one in desk.on(Subject.LIMIT)]

    assert limits[0] == ("docs/capacity.md:10", "450,000")
    assert len(desk.on(Subject.RISK)) == 7
    assert [str(one.place) for one in desk.on(Subject.GOAL)] == [
        f"docs/goals.md:{at}" for at in (3, 4, 5)
    ]


def test_the_decision_and_the_postmortem(desk: DocumentFacts) -> None:
    """The call style, and which actions are done."""
    (decision,), (postmortem,) = desk.decisions, desk.postmortems

    assert (decision.call_style, decision.is_in_force) == ("async", True)
    assert [action.closed for action in postmortem.actions] == [False, False, True]
    assert str(postmortem.happened_on) == "2026-08-19"


def test_load_test_and_metrics(desk: DocumentFacts) -> None:
    """Users and length come from the command line; the failed result says it passed."""
    (profile,), (result,) = desk.load_profiles, desk.load_results
    tasks = [one.task for config in desk.evaluations for one in config.metrics]

    assert (profile.users, profile.seconds, profile.threshold) == (10, 30, None)
    assert (result.failed_percent, result.says_passed) == (40, True)
    assert tasks == [Task.CLASSIFICATION, Task.GENERATION]


def test_copies_of_documents_kept_elsewhere() -> None:
    """A copy counts only as long as it is what was reviewed."""
    entry = "  - {{kind: policy, title: p, url: https://example.com/p, export: {export}{more}}}\n"
    digest = ", sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    manifest = "documents:\n" + "".join((
        entry.format(export="docs/right.txt", more=digest), entry.format(export="docs/edited.txt", more=digest),
        entry.format(export="docs/gone.txt", more=digest), entry.format(export="docs/right.txt", more=""),
        entry.format(export="TODO", more=""),
    ))  # fmt: skip
    files = {"tenken.yaml": manifest, "docs/right.txt": "hello", "docs/edited.txt": "hello!"}

    assert [one.state for one in survey_of(files).documents.outside] == [
        CopyState.MATCHES, CopyState.DIFFERS, CopyState.MISSING, CopyState.UNPINNED, CopyState.NO_COPY,
    ]  # fmt: skip


def test_a_pointer_is_not_an_empty_set() -> None:
    """Rows kept by Git LFS or DVC are elsewhere, and their digest is here."""
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "b" * 64 + "\nsize 9\n"
    dvc = "outs:\n- md5: 0123456789abcdef\n  path: cases.jsonl\n"
    found = survey_of({"evals/golden.jsonl": lfs, "evals/cases.jsonl.dvc": dvc}).documents.datasets

    assert [one.state for one in found] == [DatasetState.POINTER, DatasetState.POINTER]
    assert [one.sha256 for one in found] == ["md5:0123456789abcdef", "b" * 64]


def test_unreadable_data_is_told() -> None:
    """A file of goals that is no YAML is a problem with its line, not silence."""
    (problem,) = survey_of({"docs/goals.yaml": "goals:\n  - {id: [}\n"}).documents.problems

    assert (problem.path, problem.line) == ("docs/goals.yaml", 2)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["input", "expected", "tags", "kind", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(
    st.lists(st.one_of(JSON.map(json.dumps), st.text(max_size=40)), max_size=12),
    st.sampled_from(["jsonl", "csv", "json", "yaml", "tsv"]),
)
def test_any_rows_are_read_without_an_error(lines: list[str], kind: str) -> None:
    """A bad row is no row; nothing raises."""
    rows = read_rows("\n".join(lines), kind)

    assert rows is None or all(row.line >= 0 for row in rows)


@given(st.lists(JSON.map(json.dumps), max_size=8))
def test_a_dataset_of_anything_adds_up(lines: list[str]) -> None:
    """However odd the rows: usable ones are unique, and unique ones are rows."""
    for one in survey_of({"evals/golden.jsonl": "\n".join(lines)}).documents.datasets:
        assert one.usable <= one.unique <= one.rows


def test_rows_are_compared_by_what_they_say() -> None:
    """Width, case, punctuation and white space make no second row."""
    assert normalised("ＡＢＣ、 デス。") == normalised("abcデス")
    assert normalised("いつ?") != normalised("どこ?")


@given(st.dictionaries(
    st.sampled_from(["docs/goals.md", "docs/runbooks/a.md", "docs/adr/1.md", "docs/postmortems/2026-01-01.md", "docs/capacity.md",
                     "docs/models.yaml", "evals/config.yaml", "evals/a.py", "chaos/x.yaml", "loadtest/locustfile.py", "app/pii.py",
                     "docs/a.d2", "red-team.yaml", "docs/loadtest/1.md"]),
    st.text(max_size=200), max_size=6,
))  # fmt: skip
def test_no_file_stops_the_collector(files: dict[str, str]) -> None:
    """Whatever the files hold, the survey is taken."""
    assert survey_of(files).documents is not None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{"eval_set": [{"question": "a?", "expected_behavior": "b"}]}', 1),
        ('{"about": {"x": 1}, "sets": [{"query": "a?", "ideal": "b"}], "tags": ["t"]}', 1),
        ('{"users": [{"question": "a?", "name": "b"}]}', 0),
        ('{"eval_set": [{"question": "a?", "expected": ""}]}', 0),
        ('{"eval_set": [{"question": "a?", "expected": "b"}, {"seconds": 3}]}', 0),
    ],
)
def test_cases_are_read_whatever_their_list_is_called(text: str, rows: int) -> None:
    """Where each entry asks and says what is expected; another list is none of cases."""
    assert len(read_rows(text, "json") or ()) == rows


CASE = '{"id": "ID", "document_text": "invoice ID", "expected": {"total": ID, "currency": "EUR"}}'


def test_cases_may_be_kept_apiece() -> None:
    """A folder with a file for each case is one set; settings and two files beside are none."""
    files = {f"eval/dataset/plain/{one}.json": CASE.replace("ID", str(one)) for one in range(6)}
    other = {
        "eval/dataset/adversarial/a.json": CASE.replace("ID", "9"),
        "eval/settings.json": '{"input": "a", "threshold": 1}',
        "config/cases/a.json": CASE,
    }
    tree = FakeTree({**files, **other})

    found = find_datasets(Finder(tree=tree, dates={}))

    assert [(one.path, one.usable, one.without_expected) for one in found] == [
        ("eval/dataset", 6, ())
    ]


@pytest.mark.parametrize(("expected", "usable"), [('{"a": 1}', 1), ('"<answer>"', 0), ("{}", 0)])
def test_an_object_is_something_to_expect(expected: str, usable: int) -> None:
    """What is written out is no placeholder, however short."""
    text = f'[{{"question": "a?", "expected": {expected}}}]'
    found = find_datasets(Finder(tree=FakeTree({"evals/golden.json": text}), dates={}))

    assert [one.usable for one in found] == [usable]
