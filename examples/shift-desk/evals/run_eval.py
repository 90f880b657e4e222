"""Prompt regression: fails the build when the quality score falls under the threshold."""

import difflib
import json
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).parent
PROMPT = HERE.parent / "prompts" / "answer_system.md"


def load_golden() -> list[dict]:
    lines = (HERE / "golden.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def quality(prompt: str, baseline: str) -> float:
    return difflib.SequenceMatcher(None, baseline, prompt).ratio()


def main() -> int:
    config = yaml.load((HERE / "config.yaml").read_text("utf-8"), Loader=yaml.FullLoader)
    threshold = config["prompt_regression"]["threshold"]
    cases = load_golden()
    baseline = (HERE / "baseline_prompt.md").read_text(encoding="utf-8")
    score = quality(PROMPT.read_text(encoding="utf-8"), baseline)
    print(f"{len(cases)} golden cases, quality score {score:.3f} (threshold {threshold})")
    return 0 if score >= threshold else 1


if __name__ == "__main__":
    sys.exit(main())
