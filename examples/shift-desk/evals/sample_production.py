"""Draws last week's answers from the log export into a review file."""

import json
import random
import sys
from pathlib import Path

SAMPLE = 50


def main(source: Path, target: Path) -> None:
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    answered = [row for row in rows if row.get("message") == "answered"]
    picked = random.sample(answered, min(SAMPLE, len(answered)))
    with target.open("w", encoding="utf-8") as file:
        for row in picked:
            case = {"input": row["enquiry"], "expected": "", "source": "prod", "at": row["time"]}
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
