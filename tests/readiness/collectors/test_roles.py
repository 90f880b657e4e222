"""What a file is for, told from where it stands and how it is called."""

import pytest

from tenken.readiness.collectors.roles import role_of
from tenken.readiness.facts.tree import Role
from tests.readiness.applications import survey_of


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/main.py", Role.PRODUCTION),
        ("app/bench.py", Role.PRODUCTION),
        ("workbench/main.py", Role.PRODUCTION),
        ("litellm/litellm.yaml", Role.PRODUCTION),
        ("bench/speed/run.py", Role.TEST),
        ("bench/inspection/expected.jsonl", Role.TEST),
        ("app/benchmarks/latency.py", Role.TEST),
        ("tests/test_app.py", Role.TEST),
        ("app/api.test.ts", Role.TEST),
        ("examples/chat/app.py", Role.EXAMPLE),
        ("docs/settings.yaml", Role.DOCUMENT),
        ("app/README.md", Role.DOCUMENT),
    ],
)
def test_a_role_is_told_from_the_place(path: str, role: Role) -> None:
    """A folder that measures is beside production; a name that sounds like one is not."""
    assert role_of(path) is role


def test_what_a_measurement_speaks_of_is_no_setting_of_the_application() -> None:
    """A gateway named in a judgement on others is nobody's gateway here; named beside, it is."""
    judgement = '{"where": "litellm/litellm.yaml:1"}\n'
    files = {"app/main.py": "print(1)\n"}

    assert survey_of({**files, "bench/expected.jsonl": judgement}).code.models_absent is not None
    assert survey_of({**files, "data/expected.jsonl": judgement}).code.models_absent is None
