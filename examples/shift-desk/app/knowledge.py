"""The FAQ, picked by shared words. Good enough until we have a search index."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

_FILE = Path(__file__).parent.parent / "knowledge" / "faq.yaml"


@dataclass(frozen=True)
class Entry:
    id: str
    category: str
    question: str
    answer: str


def _load() -> list[Entry]:
    return [Entry(**row) for row in yaml.safe_load(_FILE.read_text(encoding="utf-8"))]


def _grams(text: str) -> set[str]:
    words = set(re.findall(r"[a-z]{3,}", text.lower()))
    japanese = "".join(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]", text))
    return words | {japanese[i : i + 2] for i in range(len(japanese) - 1)}


ENTRIES = _load()


def search(text: str, limit: int = 3) -> list[Entry]:
    wanted = _grams(text)
    scored = [(len(wanted & _grams(entry.question + entry.answer)), entry) for entry in ENTRIES]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for score, entry in scored[:limit] if score > 0]
