"""Runs collectors: one that crashes does not end the inspection.

Its facts become `Broken`, and every probe that asks for them answers *error* with the cause.
"""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from msgspec import Struct

from tenken.readiness.facts.tree import CollectorProblem
from tenken.sentence import Sentence, say

Facts = TypeVar("Facts")


class CollectorCrashed(Exception):
    """A probe asked for facts whose collector crashed."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class Broken:
    """Stands in for facts that could not be collected; asking for any of them raises."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence

    def __getattr__(self, name: str) -> NoReturn:
        raise CollectorCrashed(self._sentence)


class Taking(Struct):
    """Runs collectors and keeps what went wrong."""

    problems: list[CollectorProblem]

    def take(self, part: str, collect: Callable[[], Facts]) -> Facts:
        try:
            return collect()
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash becomes facts that say so
            sentence = _told(part, crash)
            self.problems.append(CollectorProblem(path=".", line=0, sentence=sentence))
            return cast("Facts", Broken(sentence))


def _told(part: str, crash: Exception) -> Sentence:
    last = traceback.extract_tb(crash.__traceback__)[-1]
    at = f"{Path(last.filename).name}:{last.lineno}"
    return say(
        "judge.collector_crashed",
        part=part,
        error=type(crash).__name__,
        detail=str(crash)[:200],
        at=at,
    )
