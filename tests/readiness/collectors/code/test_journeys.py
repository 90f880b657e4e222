"""Tests that walk through a running application, told from those that look at a page."""

import pytest

from tests.readiness.applications import facts_of


@pytest.mark.parametrize(
    ("test", "drives"),
    [
        ("def test_it(page):\n    assert page.last_message.text\n", True),
        ("def test_it(page):\n    assert page.title == 'Desk'\n", False),
        ("def test_it(client):\n    assert client.post('/x').response\n", False),
        ("def test_it(page):\n    page.message = 'hello'\n", False),
    ],
)
def test_a_journey_checks_an_answer(test: str, *, drives: bool) -> None:
    """A browser fixture, and an assertion about what came back."""
    (found,) = facts_of({"tests/test_it.py": test, "app/main.py": ""}).tests

    assert found.drives_application is drives
