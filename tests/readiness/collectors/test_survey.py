"""A survey is the same whether one process takes it or two, and whatever befalls the second."""

import os
import pickle  # noqa: TID251 - the module that is made to fail
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenken.readiness.collectors import beside, survey
from tenken.readiness.collectors.git import Opened, open_folder
from tenken.readiness.collectors.survey import Broken, take_survey

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FILES = {
    "README.md": "# Desk\n\nOwner: desk\n",
    "Makefile": "deploy:\n\tgcloud run deploy desk --image desk\n",
    "main.tf": 'resource "google_cloud_run_v2_service" "desk" {\n  name = "desk"\n}\n',
    "app.py": "import openai\n\nopenai.OpenAI().responses.create(model='m', input='hello')\n",
}


@pytest.fixture(name="opened")
def _opened(tmp_path: Path) -> Opened:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return open_folder(tmp_path, search_path="")


@pytest.fixture(name="copies")
def _copies(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A folder of any size is large enough; what came of each copy."""
    came: list[bool] = []
    plain = beside.Beside.result

    def result(copy: beside.Beside[object]) -> object:
        made = plain(copy)
        came.append(made is not None)
        return made

    monkeypatch.setattr(survey, "LARGE", 0)
    monkeypatch.setattr(beside, "may_start", lambda: True)
    monkeypatch.setattr(beside.Beside, "result", result)
    return came


def test_two_processes_take_the_survey_of_one(
    opened: Opened, copies: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the copy collects is what this process would have collected."""
    two, crashes = take_survey(opened, None, NOW)
    monkeypatch.setattr(beside, "may_start", lambda: False)
    one, _ = take_survey(opened, None, NOW)
    assert copies == [True]
    assert crashes == ()
    assert two.pipeline.by_hand
    assert (two.pipeline, two.code, two.documents) == (one.pipeline, one.code, one.documents)
    assert two.infrastructure.workloads[0].name == one.infrastructure.workloads[0].name


def test_a_copy_that_dies_is_made_up_for(
    opened: Opened, copies: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts that cannot be sent end the copy; this process then collects them itself."""
    monkeypatch.setattr(pickle, "dump", lambda *_args, **_named: 1 / 0)
    taken, crashes = take_survey(opened, None, NOW)
    assert copies == [False]
    assert crashes == ()
    assert taken.pipeline.by_hand


def test_a_collector_that_crashes_in_the_copy_is_told(
    opened: Opened, copies: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its facts are broken here too, and the others stand."""
    monkeypatch.setattr(survey, "collect_documents", lambda *_: 1 / 0)
    taken, crashes = take_survey(opened, None, NOW)
    assert copies == [True]
    assert isinstance(taken.documents, Broken)
    assert [one.sentence.fields["part"] for one in crashes] == ["documents"]
    assert taken.pipeline.by_hand


def test_a_system_that_gives_no_copy_is_no_obstacle(
    opened: Opened, copies: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused fork is a survey by one process."""

    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    taken, _ = take_survey(opened, None, NOW)
    assert copies == []
    assert taken.pipeline.by_hand
