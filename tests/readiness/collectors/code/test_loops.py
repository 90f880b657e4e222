"""Loops that send a call again: which are told from loops over data, and how they wait."""

from textwrap import indent

import pytest

from tenken.readiness.facts.calls import Backoff, Retry
from tests.readiness.applications import facts_of

HEAD = """\
import itertools
import math
import random
import time

import openai

client = openai.OpenAI(max_retries=0, timeout=3 * 4)


def ask(question, model="gpt-4.1"):
    delay = 1
    asked = [{"role": "user", "content": question}]
"""
LOOP = """\
for attempt in range(4):
    try:
        return client.chat.completions.create(model=model, messages=asked)
    except openai.RateLimitError:
        WAIT
raise RuntimeError
"""


def retries(body: str) -> list[Retry]:
    """What is told of the loops around the one call; the client itself tries nothing again."""
    (call,) = facts_of({"app/ask.py": HEAD + indent(body, "    ")}).calls
    return [one for one in call.retries if one.by.value == "loop"]


GROWING = (
    "time.sleep(2 ** attempt)",
    "time.sleep(1 << attempt)",
    "time.sleep(min(60, 0.5 * 2 ** attempt) + random.random())",
    "time.sleep(math.pow(2, attempt))",
    "time.sleep(math.exp(attempt))",
    "time.sleep(delay)\n        delay *= 2",
    "time.sleep(delay)\n        delay = min(delay * 2, 60)",
    "delay = 0.5 * 2 ** attempt\n        time.sleep(delay + random.random())",
)
CONSTANT = (
    "time.sleep(2)",
    "time.sleep(2 ** 3)",
    "time.sleep(math.pow(2, 3))",
    "time.sleep(delay)",
    "time.sleep(delay)\n        delay *= 1",
    "time.sleep(delay)\n        delay = delay * 1",
    "delay = 5 * random.random()\n        time.sleep(delay)",
    "time.sleep(delay)\n        delay = 2 * 2",
)


@pytest.mark.parametrize("wait", GROWING)
def test_a_wait_that_grows_is_exponential(wait: str) -> None:
    """By a power of the attempt, or by a delay that is multiplied by more than one."""
    (found,) = retries(LOOP.replace("WAIT", wait))

    assert found.backoff is Backoff.EXPONENTIAL


@pytest.mark.parametrize("wait", CONSTANT)
def test_a_wait_that_stays_the_same_is_not_exponential(wait: str) -> None:
    """A power of constants, a factor of one and mere chance make nobody wait longer."""
    (found,) = retries(LOOP.replace("WAIT", wait))

    assert found.backoff is not Backoff.EXPONENTIAL


AGAIN = (
    LOOP,
    LOOP.replace("for attempt in range(4)", "for attempt in itertools.count()"),
    LOOP.replace("for attempt in range(4)", "while True"),
    LOOP.replace("WAIT", "if attempt == 3:\n            raise"),
    LOOP.replace("WAIT", "if question:\n            continue\n        raise"),
    (
        "for attempt in range(4):\n"
        "    reply = client.chat.completions.create(model=model, messages=asked)\n"
        "    if reply.status_code == 429:\n        continue\n    return reply\n"
    ),
)
ONCE = (
    LOOP.replace("WAIT", "raise"),
    LOOP.replace("WAIT", "return None"),
    LOOP.replace("WAIT", "break"),
    LOOP.replace("WAIT", "for part in asked:\n            continue\n        raise"),
    LOOP.replace("for attempt in range(4)", "for row in question").replace(
        "return client", "reply = client"
    ),
    (
        "for row in question:\n"
        "    reply = client.chat.completions.create(model=model, messages=asked)\n"
        "    if row.kind == 'x':\n        continue\n    return reply\n"
    ),
)


@pytest.mark.parametrize("body", AGAIN)
def test_a_loop_that_goes_round_after_an_error_tries_again(body: str) -> None:
    """Also one that gives up in the end, and one that asks again by the status of the answer."""
    assert len(retries(body.replace("WAIT", "time.sleep(1)"))) == 1


@pytest.mark.parametrize("body", ONCE)
def test_a_loop_that_always_leaves_or_goes_over_data_is_no_retry(body: str) -> None:
    """A `continue` of a loop inside the handler is not one of the loop around the call."""
    assert retries(body) == []


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        ("3 * 4", 12),
        ("1.5 + 2", 3.5),
        ("SECONDS * 2", 20),
        ("-1", -1),
        ("SECONDS * question", None),
        ("True * 3", None),
        ("'a' * 3", None),
        ("9999999999 * 3", None),
    ],
)
def test_a_figure_is_worked_out_of_constants_alone(timeout: str, seconds: float | None) -> None:
    """What depends on anything else is not a figure that stands there."""
    head = HEAD.replace("3 * 4", timeout).replace("client =", "SECONDS = 10\nclient =", 1)
    (call,) = facts_of({"app/ask.py": head + indent(LOOP.replace("WAIT", "raise"), "    ")}).calls

    assert call.timeout.number == seconds


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("for attempt in range(4):", "`for attempt in range(4)`"),
        ("while attempts < 4:", "`while attempts < 4`"),
        (f"for attempt in range({' + '.join('1' * 20)}):", "`for`"),
    ],
)
def test_a_loop_is_named_as_it_is_written(head: str, name: str) -> None:
    """Its word alone would say nothing, and a long line would hide what is said of it."""
    (told,) = retries(LOOP.replace("for attempt in range(4):", head).replace("WAIT", "continue"))

    assert told.name == name


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        ("if '429' in str(error):", True),
        ("said = str(error)\n        if '429' in said:", True),
        ("said = str(attempt)\n        if '429' in said:", False),
    ],
)
def test_an_error_may_be_asked_by_what_it_says(text: str, depends: bool) -> None:
    """Read off it at once or kept under a name; what else is read decides nothing."""
    asked = f"{text}\n            time.sleep(2 ** attempt)\n        else:\n            raise"
    caught = LOOP.replace("openai.RateLimitError", "Exception as error")

    (told,) = retries(caught.replace("WAIT", asked))

    assert told.depends_on_error is depends
