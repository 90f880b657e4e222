"""`tenken guard calibrate` as a person runs it: figures, a file, and a pin that grows old."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenken import digest
from tenken.cli.guarding.calibrating import uncalibrated
from tenken.cli.main import main
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.policy.loading import load_policy
from tenken.guardrails.policy.policy import Policy
from tests.cli.guarding.answering import answering

POLICY = """
judges:
  - name: own
    kind: model
    target: judge
    risks: [harm.violence, topic.legal]
    budget_usd_per_day: 1
"""
EXAMPLES = [
    *[{"text": f"harm {number}", "risks": ["harm.violence"]} for number in range(8)],
    *[{"text": f"fine {number}"} for number in range(8)],
    {"text": "missed", "risks": ["harm.violence"]},
    {"text": "fine but harm in a word"},
    {"text": "chatter"},
]
DAYS = 200


def says(body: dict[str, Any]) -> object:
    """A judge that knows one word, and chats where it is asked about chatter."""
    shown = body["messages"][1]["content"]
    mark = shown.rpartition("\n")[2]
    # A word that no mark can spell: marks are hexadecimal.
    sure = 0.9 if "harm" in shown.replace("harm.", "") else 0.1
    content = json.dumps({"mark": mark, "scores": {"harm.violence": sure, "topic.legal": 0}})
    content = "Well, who knows" if "chatter" in shown else content
    return {"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "policy.yaml").write_text(POLICY, "utf-8")
    rows = "".join(f"{json.dumps(one)}\n" for one in EXAMPLES)
    (tmp_path / "examples.jsonl").write_text(rows, "utf-8")
    return tmp_path


def test_a_judge_is_measured_against_people(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Agreement, kappa, precision and recall with intervals; what it left open is told apart."""
    with answering(says) as url:
        assert main(["guard", "calibrate", "examples.jsonl", "--url", url, "--lang", "en"]) == 0

    out, err = capsys.readouterr()
    violence = out.splitlines()[1]
    assert violence.startswith("harm.violence  0.89 [")
    assert "0.78" in violence  # kappa: 16 of 18 agreed, half of it by chance
    assert violence.count("0.89 [0.56, 0.98] (8/9)") == 2
    assert "19 examples" in err
    made = json.loads((folder / "guard/calibration/own.json").read_text())
    assert (made["n"], made["unanswered"], made["model"]) == (19, 1, "judge")
    assert digest.of_file(folder / "guard/calibration/own.json") in err


def pinned(value: str) -> Policy:
    pin = f"    calibration: {{file: guard/calibration/own.json, digest: '{value}'}}\n"
    return load_policy(POLICY + pin, file="guard/policy.yaml", detectors=SHIPPED)


def test_a_calibration_that_is_none_is_told(folder: Path) -> None:
    """Not pinned, missing, changed since, of other words, too old."""
    with answering(says) as url:
        assert main(["guard", "calibrate", "examples.jsonl", "--url", url]) == 0
    file = folder / "guard/calibration/own.json"
    today = date.fromisoformat(json.loads(file.read_text())["measured_on"])
    good = pinned(digest.of_file(file))
    bare = load_policy(POLICY, file="guard/policy.yaml", detectors=SHIPPED)

    def told(policy: Policy, on: date = today) -> list[str]:
        return [one.id for one in uncalibrated(policy, folder, on)]

    assert told(good) == []
    assert told(bare) == ["guard.not_calibrated"]
    assert told(pinned("sha256:0")) == ["guard.calibration_differs"]
    assert told(good, today + timedelta(days=DAYS)) == ["guard.calibration_old"]
    other = file.read_text().replace('"wording": "sha256:', '"wording": "sha256:0')
    file.write_text(other)
    assert told(pinned(digest.of_file(file))) == ["guard.calibration_other"]
    file.unlink()
    assert told(good) == ["guard.calibration_differs"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--judge", "nobody", "--url", "http://127.0.0.1:9"], "there are: own"),
        (["--url", "ftp://x"], "is no address"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    """A judge that nobody named, an address that is none."""
    assert folder.is_dir()
    assert main(["guard", "calibrate", "examples.jsonl", *arguments, "--lang", "en"]) == 2
    assert told in capsys.readouterr().err
