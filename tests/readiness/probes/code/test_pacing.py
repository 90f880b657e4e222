"""Rate limiters of the application's own hold calls back only where they decide."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import scalability
from tests.readiness.applications import survey_of

WINDOW = """
import time

class Window:
    def __init__(self, most):
        self.most = most
        self.taken = []

    def allowed(self):
        now = time.monotonic()
        self.taken = [one for one in self.taken if now - one < 60]
        if len(self.taken) >= self.most:
            return False
        self.taken.append(now)
        return True

    def paced(self):
        while len(self.taken) >= self.most:
            time.sleep(1)
            self.taken = [one for one in self.taken if time.monotonic() - one < 60]
        self.taken.append(time.monotonic())
"""
ASKS = """
from openai import OpenAI
from window import Window
client = OpenAI()
window = Window(60)

def answer(question):
    if not window.allowed():
        raise RuntimeError("later")
    return client.chat.completions.create(model="m", messages=[])
"""
CHECK = '    if not window.allowed():\n        raise RuntimeError("later")\n'
FLAG = (
    "    go = True\n    if not window.allowed():\n        go = False\n"
    "    if not go:\n        return None\n"
)
CASES = [
    pytest.param({}, Holding.HOLDS, id="asked-first"),
    pytest.param({CHECK: "    window.paced()\n"}, Holding.HOLDS, id="waits"),
    pytest.param({CHECK: FLAG}, Holding.HOLDS, id="by-a-flag"),
    pytest.param({CHECK: FLAG.replace("return None", "print(question)")}, Holding.FAILS,
        id="flag-that-stops-nothing"),
    pytest.param({CHECK: "    window.allowed()\n"}, Holding.FAILS, id="answer-unused"),
    pytest.param({'        raise RuntimeError("later")\n': "        print('many')\n"},
        Holding.FAILS, id="logs-only"),
    pytest.param({"window.allowed()": "window.allowed(question)"}, Holding.FAILS,
        id="counts-callers"),
    pytest.param({CHECK: f"    window = Window(60)\n{CHECK}"}, Holding.FAILS, id="built-anew"),
    pytest.param({CHECK: "", '    return client.chat.completions.create(model="m", messages=[])':
        '    said = client.chat.completions.create(model="m", messages=[])\n'
        f"{CHECK}    return said"}, Holding.FAILS, id="asked-afterwards"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_a_limiter_of_ones_own_has_to_decide(changes: dict[str, str], expected: Holding) -> None:
    """It waits, refuses, or its answer is acted upon before the call."""
    text = ASKS
    for old, new in changes.items():
        text = text.replace(old, new)

    survey = survey_of({"window.py": WINDOW, "a.py": text})

    assert scalability.calls_pass_a_provider_rate_limiter(survey).holding is expected


def test_a_class_without_a_clock_limits_no_rate() -> None:
    """A total that is never given back is a quota of another kind."""
    total = WINDOW.replace("time.monotonic()", "0").replace("import time\n", "")

    survey = survey_of({"window.py": total, "a.py": ASKS})

    assert scalability.calls_pass_a_provider_rate_limiter(survey).holding is Holding.FAILS


BUILDS = """
import time
from openai import OpenAI

class Desk:
    def __init__(self):
        self.made = None

    def client(self):
        if self.made is None:
            raise ValueError("no key")
        return self.made

    def ask(self, question):
        begun = time.monotonic()
        client = self.client()
        said = OpenAI().chat.completions.create(model="m", messages=[])
        return said, time.monotonic() - begun
"""


def test_a_method_that_builds_a_client_limits_nothing() -> None:
    """It asks whether something is there, in a class that takes the time elsewhere."""
    survey = survey_of({"a.py": BUILDS})

    assert scalability.calls_pass_a_provider_rate_limiter(survey).holding is Holding.FAILS
