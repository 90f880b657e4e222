"""Circuit breakers of the application's own: what counts, opens and refuses, and what does not."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import resilience
from tests.readiness.applications import facts_of, survey_of

ASKED = """
import time
from dataclasses import dataclass

import openai

client = openai.OpenAI(timeout=20, max_retries=1)


@dataclass
class Fuse:
    most: int = 5
    rest_s: float = 30.0
    failures: int = 0
    blown_at: float | None = None

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= self.most:
            self.blown_at = time.monotonic()

    def worked(self) -> None:
        self.failures = 0
        self.blown_at = None

    def lets_by(self) -> bool:
        if self.blown_at is None:
            return True
        return time.monotonic() - self.blown_at > self.rest_s


fuse = Fuse()


def ask(text):
    if not fuse.lets_by():
        raise RuntimeError("the provider is down")
    try:
        answer = client.responses.create(model="gpt-4.1", input=text)
    except openai.OpenAIError:
        fuse.failed()
        raise
    fuse.worked()
    return answer
"""
RUNS = """
import time

import openai

client = openai.OpenAI(timeout=20, max_retries=1)


class Open(Exception): ...


class Fuse:
    def __init__(self, most=5, rest_s=30.0):
        self.most, self.rest_s = most, rest_s
        self.failures = 0
        self.state = "closed"
        self.since = 0.0

    def run(self, function, *given):
        if self.state == "open":
            if time.monotonic() - self.since < self.rest_s:
                raise Open
            self.state = "half open"
        try:
            answer = function(*given)
        except Exception:
            self.failures += 1
            self.since = time.monotonic()
            if self.failures >= self.most:
                self.state = "open"
            raise
        self.failures = 0
        self.state = "closed"
        return answer


fuse = Fuse()


def asked(text):
    return client.responses.create(model="gpt-4.1", input=text)


def ask(text):
    return fuse.run(asked, text)
"""
SPOILED = [
    pytest.param(ASKED, "self.failures >= self.most", "self.failures < 0", id="never blows"),
    pytest.param(ASKED, "        fuse.failed()\n", "", id="never told"),
    pytest.param(ASKED, 'raise RuntimeError("the provider is down")', "print(text)", id="told"),
    pytest.param(ASKED, "    if not fuse.lets_by():", "    if fuse.lets_by():", id="turned round"),
    pytest.param(ASKED, "def ask(text):\n", "def ask(text):\n    fuse = Fuse()\n", id="made anew"),
    pytest.param(ASKED, "fuse = Fuse()\n\n\ndef", "fuse = Fuse(most=100_000)\n\n\ndef",
                 id="never that many"),
    pytest.param(ASKED, "        return time.monotonic() - self.blown_at > self.rest_s",
                 "        return True", id="lets everything by"),
    pytest.param(RUNS, 'self.state = "open"', 'self.told = "open"', id="never opens"),
    pytest.param(RUNS, "                raise Open", "                print(given)", id="runs it"),
    pytest.param(RUNS, "fuse.run(asked, text)", "asked(text)", id="passed by"),
]  # fmt: skip
LIMITER = ASKED.replace("    except openai.OpenAIError:\n        fuse.failed()\n        raise\n",
                        "    finally:\n        fuse.failed()\n")  # fmt: skip


@pytest.mark.parametrize("text", [ASKED, RUNS], ids=["asked", "runs it"])
def test_a_class_that_counts_opens_and_refuses_is_one(text: str) -> None:
    """Whatever it is called."""
    told = resilience.circuit_breaker_guards_calls(survey_of({"desk.py": text}))

    assert told.holding is Holding.HOLDS


@pytest.mark.parametrize(("text", "old", "new"), SPOILED)
def test_what_never_refuses_is_none(text: str, old: str, new: str) -> None:
    """It has the shape, and every request waits for a provider that is down."""
    assert old in text
    told = resilience.circuit_breaker_guards_calls(survey_of({"desk.py": text.replace(old, new)}))

    assert told.holding is not Holding.HOLDS


def test_what_counts_every_call_limits_and_breaks_nothing() -> None:
    """A figure that grows with each call is a limit on calls."""
    (call,) = facts_of({"desk.py": LIMITER}).calls

    assert call.breakers == ()
