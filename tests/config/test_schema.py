"""A wrong file is told all its problems at once: where, which key, and how to mend it."""

import pytest

from tenken.config.load import load_manifest
from tenken.errors import Malformed
from tenken.messages.speech import Language, Speech

WRONG = """\
application:
  name: Shift Desk
  ower: team
slos:
  - {name: availability, sli: good/total, target_percent: 120, window_days: 30}
  - {name: latency, sli: x, target_percent: a lot, window_days: 30}
decisions: {call_style: {style: sometimes, reason: because}}
"""


def told(text: str, language: Language) -> list[str]:
    with pytest.raises(Malformed) as refusal:
        load_manifest(text, file="tenken.yaml")
    speech = Speech(language)
    return [
        f"{problem.place} {problem.key}: {speech(problem.sentence)}"
        for problem in refusal.value.problems
    ]


def test_all_problems_are_told_at_once() -> None:
    """Unknown keys come with the nearest name, values with what is allowed, all with lines."""
    assert told(WRONG, Language.EN) == [
        (
            "tenken.yaml:2 application.name: `Shift Desk` is no name: use small letters a-z, "
            "digits, `_`, `.` and `-`, beginning with a letter or digit, 63 characters at most"
        ),
        "tenken.yaml:2 application.owner: `owner` is missing; add it",
        "tenken.yaml:3 application.ower: `ower` is not a key here; did you mean `owner`?",
        "tenken.yaml:5 slos[0].target_percent: 120 is too large; 100 at most",
        "tenken.yaml:6 slos[1].target_percent: `a lot` has the wrong type; expected: a number",
        (
            "tenken.yaml:7 decisions.call_style.style: `sometimes` is not allowed here; "
            "use one of: async, stream, sync"
        ),
    ]


def test_the_same_problems_in_japanese() -> None:
    """Japanese readers get the same lines and keys."""
    lines = told(WRONG, Language.JA)

    assert len(lines) == 6
    assert "名前に使えない" in lines[0]
    assert lines[3] == "tenken.yaml:5 slos[0].target_percent: 120 は大きすぎる。100 以下にする"
    assert lines[4].endswith("`a lot` の型が違う。期待する型: 数値")
    assert (
        lines[2] == "tenken.yaml:3 application.ower: `ower` というキーはない。`owner` の誤りでは"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("a: [", "config.yaml_open_list", id="no yaml"),
        pytest.param("", "config.empty", id="empty"),
        pytest.param("a: 1\n---\nb: 1", "config.one_document", id="two documents"),
        pytest.param("- 1", "config.wrong_type", id="a list"),
    ],
)
def test_a_text_that_is_no_manifest_is_refused(text: str, sentence: str) -> None:
    """Every way not to be a document has its own sentence."""
    with pytest.raises(Malformed) as refusal:
        load_manifest(text, file="tenken.yaml")

    assert [problem.sentence.id for problem in refusal.value.problems] == [sentence]


def test_a_manifest_knows_where_its_keys_stand() -> None:
    """Findings about the manifest point at its lines."""
    text = (
        "application: {name: a, owner: b}\ngoals:\n  - id: g\n    metric: m\n    unit: u\n"
        "    baseline: 1\n    target: 2\n    due: 2027-01-31\n    owner: o\n"
    )
    manifest = load_manifest(text, file="tenken.yaml")

    assert str(manifest.place("goals", 0, "target")) == "tenken.yaml:7"
    assert manifest.application.goals[0].due.isoformat() == "2027-01-31"
