"""A launcher counts where a platform runs it, and nowhere else."""

import pytest

from tenken.readiness.collectors.code.traces.launchers import launched
from tenken.readiness.collectors.roles import role_of
from tenken.readiness.facts.tree import Entry

LAUNCHER = "ddtrace-run"


def line(path: str, text: str) -> int:
    """The line on which the file has the launcher run."""
    entry = Entry(path=path, size=len(text), role=role_of(path))
    return launched(entry, text.replace("RUN", LAUNCHER), LAUNCHER)


@pytest.mark.parametrize(
    ("path", "text", "at"),
    [
        ("Dockerfile", 'FROM a\nCMD ["RUN", "uvicorn"]\n', 2),
        ("Dockerfile", "FROM a\nCMD exec RUN uvicorn\n", 2),
        ("Dockerfile", 'FROM a\nENTRYPOINT ["RUN"]\nCMD ["uvicorn"]\n', 2),
        ("Dockerfile", 'FROM a\nCMD ["sh", "-c", "DD_ENV=prod RUN uvicorn"]\n', 2),
        ("api.dockerfile", 'FROM a\nCMD ["uv", "run", "RUN", "uvicorn"]\n', 2),
        ("start.sh", "#!/bin/sh\nset -e\nexec RUN uvicorn app:app\n", 3),
        ("compose.yaml", "services:\n  a:\n    command: RUN uvicorn\n", 3),
        ("k8s.yaml", "spec:\n  containers:\n    - command: [RUN]\n      args: [uvicorn]\n", 3),
        ("main.tf", 'container {\n  command = [\n    "RUN", "uvicorn"\n  ]\n}\n', 2),
        ("task.json", '{"command": ["RUN", "uvicorn"]}', 1),
        ("Procfile", "web: RUN gunicorn\n", 1),
        ("Makefile", "run:\n\t@RUN uvicorn\n", 2),
    ],
)
def test_a_start_command_is_a_launch(path: str, text: str, at: int) -> None:
    """In whatever form the platform takes its command."""
    assert line(path, text) == at


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", 'FROM a\nCMD ["uvicorn"]\nRUN true; echo "start with RUN uvicorn"\n'),
        ("Dockerfile", 'FROM a\nCMD ["RUN", "uvicorn"]\nFROM b\nCMD ["uvicorn"]\n'),
        ("Dockerfile", 'FROM a\nCMD ["RUN", "uvicorn"]\nCMD ["uvicorn"]\n'),
        ("Dockerfile", 'FROM a\nLABEL hint="RUN uvicorn"\nCMD uvicorn\n'),
        ("Dockerfile", "FROM a\nCOPY <<EOF /README\nUse RUN uvicorn\nEOF\nCMD uvicorn\n"),
        ("Dockerfile", 'FROM a\nCMD ["echo", "RUN"]\n'),
        ("start.sh", 'echo "use RUN uvicorn"\nuvicorn app:app\n'),
        ("start.sh", "cat <<EOF\nRUN uvicorn\nEOF\nuvicorn app:app\n"),
        ("start.sh", ": RUN uvicorn\n"),
        ("compose.yaml", 'services:\n  a:\n    labels: {hint: "RUN uvicorn"}\n'),
        ("notes.yaml", "data:\n  README: |\n    RUN uvicorn\n"),
        ("main.tf", 'description = "RUN uvicorn"\n# command = ["RUN"]\n'),
        ("Procfile", "web: gunicorn app --env RUN\n"),
        ("Makefile", 'help:\n\t@echo "RUN uvicorn"\n'),
    ],
)
def test_prose_that_names_it_is_none(path: str, text: str) -> None:
    """Nothing runs what is echoed, described, written into a file or replaced later."""
    assert line(path, text) == 0
