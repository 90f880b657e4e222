"""Jobs of two processes: each is done once, by whoever takes it, or again where it was lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tenken.readiness.collectors.sharing import MANY_FILES

TRIED = """
import json, os, signal, sys
from tenken.readiness.collectors.sharing import Job, Second
own = os.getpid()
def by_whom(): return os.getpid()
def {name}
second = Second((Job(int, by_whom), *(jobs := [Job(int, by_whom), Job(int, {call})])))
os.waitid(os.P_PID, second._process, os.WEXITED | os.WNOWAIT)
second.finish()
print(json.dumps([job.result() == own for job in jobs]))
"""
WORKS = [
    pytest.param("works(): return os.getpid()", [False, False], id="works"),
    pytest.param(
        "works(): return own if os.getpid() == own else os.kill(os.getpid(), signal.SIGKILL)",
        [True, True],
        id="killed",
    ),
    pytest.param(
        "works(): return own if os.getpid() == own else 1 / 0", [True, True], id="crashes"
    ),
    pytest.param(
        "works(): return own if os.getpid() == own else object()", [True, True], id="untellable"
    ),
]
linux = pytest.mark.skipif(sys.platform != "linux", reason="only there is a copy made")


@linux
@pytest.mark.parametrize(("work", "here"), WORKS)
def test_what_the_copy_loses_is_done_here(work: str, here: list[bool]) -> None:
    """A copy that ends early costs time and nothing else."""
    script = TRIED.format(name=work, call="works")
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert json.loads(told.stdout) == here


INSPECT = """
import os, sys
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv.pop())])
from tenken.cli.main import run
run()
"""


def judged(folder: Path, cores: int, out: Path) -> list[list[object]]:
    """The items in the report of a run on so many cores."""
    asked = ["check", str(folder), "--format", "json", "--out", str(out), "--fail-on", "none"]
    asked += ["--state", str(out.with_suffix(".state")), str(cores)]
    subprocess.run([sys.executable, "-c", INSPECT, *asked], capture_output=True, check=True)
    items = json.loads(out.read_text())["items"]
    return [[item[key] for key in ("id", "outcome", "grade", "findings")] for item in items]


@linux
def test_a_report_is_the_same_on_one_core_and_on_two(tmp_path: Path) -> None:
    """Whoever does a part of an inspection, the verdicts and findings are those."""
    folder = tmp_path / "desk"
    for number in range(60):
        service = folder / f"s{number:02}"
        service.mkdir(parents=True)
        (service / "app.py").write_text(
            "from fastapi import FastAPI\nfrom openai import OpenAI\napp = FastAPI()\n"
            f"@app.post('/{number}')\ndef ask(q: str):\n"
            f"    return OpenAI(timeout={number + 1}).responses.create(model='m', input=q)\n"
        )
        (service / "test_app.py").write_text("def test_ask():\n    assert ask('a') == 'b'\n")
        (service / "Dockerfile").write_text("FROM python:3.12\nCMD ['uvicorn', 'app:app']\n")
        (service / "RUNBOOK.md").write_text("# Runbook\n\n## The model is down\n\nCall us.\n")
        (service / "slo.yaml").write_text(f"apiVersion: sloth/v1\nname: s{number}\n")

    told = [judged(folder, cores, tmp_path / f"{cores}.json") for cores in (1, 2)]

    assert told[0] == told[1]
    assert sum(len(list(service.iterdir())) for service in folder.iterdir()) == MANY_FILES
