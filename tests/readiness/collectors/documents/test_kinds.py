"""What a document is for, by its path and title."""

import pytest

from tenken.readiness.collectors.documents.kinds import kind_of
from tenken.readiness.facts.documents import DocumentKind


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
    ],
)
def test_a_promise_to_users_is_no_goal_of_the_business(
    path: str, title: str, kind: DocumentKind
) -> None:
    """Both speak of objectives."""
    assert kind_of(path, title) is kind
