"""What a document is for, by its path and title."""

import pytest

from tenken.readiness.collectors.documents.kinds import kind_of
from tenken.readiness.facts.documents import DocumentKind, Subject
from tests.readiness.written import survey_of


@pytest.mark.parametrize(
    ("path", "title", "kind"),
    [
        ("docs/objectives.md", "Objectives", DocumentKind.GOALS),
        ("docs/plan.md", "事業目標", DocumentKind.GOALS),
        ("docs/slow-start/goals.md", "Goals", DocumentKind.GOALS),
        ("docs/slo.md", "目標", DocumentKind.OTHER),
        ("docs/reliability.md", "Service Level Objectives", DocumentKind.OTHER),
        ("docs/slos/objectives.md", "What we promise", DocumentKind.OTHER),
        ("docs/promises.md", "サービスレベル目標", DocumentKind.OTHER),
        ("docs/search.md", "目的・前提・方針案", DocumentKind.OTHER),
        ("docs/plan.md", "事業の目的", DocumentKind.GOALS),
    ],
)
def test_a_promise_to_users_is_no_goal_of_the_business(
    path: str, title: str, kind: DocumentKind
) -> None:
    """Both speak of objectives."""
    assert kind_of(path, title) is kind


def test_a_task_is_no_goal_of_the_business() -> None:
    """What is ticked off was done; a goal is a figure to be reached."""
    tasks = "# Goals\n\n- [x] Move the index to `postgres:16`\n- [ ] Cut chunks at 500 signs\n"

    survey = survey_of({"docs/goals.md": f"{tasks}- Answers come sooner\n"})

    (goal,) = survey.documents.on(Subject.GOAL)
    assert goal.place.line == 5
