"""Retries and limiters on some of the ways to a call, and those in wrappers of one's own."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.facts.calls import Backoff, Retry
from tenken.readiness.probes import resilience, scalability, stability
from tests.readiness.applications import facts_of, survey_of

HEAD = (
    "import time\nimport openai\nfrom openai import OpenAI\n"
    "from tenacity import retry, stop_after_attempt\n"
)
CLIENT = "client = OpenAI(max_retries=0)\n"
ASK = "client.chat.completions.create(model='m', messages=[])"
CONTRACT = """
from typing import Protocol
from openai import OpenAI
class Model(Protocol):
    def ask(self, text: str) -> str: ...
class Hosted:
    def __init__(self):
        self.client = OpenAI()
    def ask(self, text):
        return self.client.chat.completions.create(model='m', messages=[])
"""
PATIENT = """
from tenacity import retry, stop_after_attempt, wait_random_exponential
from contract import Model
@retry(stop=stop_after_attempt(4), wait=wait_random_exponential(max=20))
def patiently(model: Model):
    return model.ask('x')
"""


def _retries(*parts: str) -> tuple[Retry, ...]:
    (call,) = facts_of({"a.py": HEAD + CLIENT + "".join(parts)}).calls
    return tuple(one for one in call.retries if one.by.value != "client")


def test_a_retry_around_a_protocol_is_around_those_that_meet_it() -> None:
    """The caller knows only the protocol; the class that meets it makes the call."""
    (call,) = facts_of({"contract.py": CONTRACT, "patient.py": PATIENT}).calls

    assert [(one.name, one.bypassed) for one in call.retries] == [("tenacity", None)]


def test_a_class_with_other_methods_does_not_meet_the_protocol() -> None:
    """A method of the same name in another class is not what is called."""
    other = CONTRACT.replace("    def ask(self, text: str) -> str: ...",
        "    def ask(self, text: str) -> str: ...\n    def close(self): ...")  # fmt: skip

    (call,) = facts_of({"contract.py": other, "patient.py": PATIENT}).calls

    assert call.retries == ()


def test_a_retry_around_a_parent_class_is_around_its_children() -> None:
    """What is annotated with the base enters the class that overrides it."""
    derived = CONTRACT.replace("(Protocol)", "").replace("class Hosted:", "class Hosted(Model):")

    (call,) = facts_of({"contract.py": derived, "patient.py": PATIENT}).calls

    assert [one.name for one in call.retries] == ["tenacity"]


def test_what_one_way_passes_by_is_true_in_part() -> None:
    """One caller waits, another goes straight to the model."""
    hasty = "from contract import Model\ndef hastily(model: Model):\n    return model.ask('x')\n"
    survey = survey_of({"contract.py": CONTRACT, "patient.py": PATIENT, "hasty.py": hasty})

    answer = stability.retry_policy_is_stated_on_every_call(survey)

    assert answer.holding is Holding.PARTLY
    assert [one.sentence.id for one in answer.findings] == ["code.retry_bypassed"]


def test_a_bad_retry_on_one_way_does_not_hide_the_good_one() -> None:
    """Another caller retries without a wait: growing waits are true in part."""
    hasty = (
        "from contract import Model\ndef hastily(model: Model):\n"
        "    for attempt in range(3):\n        try:\n            return model.ask('x')\n"
        "        except Exception:\n            continue\n"
    )
    survey = survey_of({"contract.py": CONTRACT, "patient.py": PATIENT, "hasty.py": hasty})

    answer = resilience.retries_back_off_exponentially(survey)

    assert answer.holding is Holding.PARTLY


def test_a_limiter_on_one_way_is_true_in_part() -> None:
    """The other way to the call waits for nobody."""
    limited = (
        "from aiolimiter import AsyncLimiter\nfrom contract import Model\n"
        "limiter = AsyncLimiter(10, 1)\nasync def slowly(model: Model):\n"
        "    async with limiter:\n        return model.ask('x')\n"
    )
    hasty = "from contract import Model\ndef hastily(model: Model):\n    return model.ask('x')\n"
    files = {"contract.py": CONTRACT, "limited.py": limited}

    whole = scalability.calls_pass_a_provider_rate_limiter(survey_of(files))
    part = scalability.calls_pass_a_provider_rate_limiter(survey_of({**files, "hasty.py": hasty}))

    assert (whole.holding, part.holding) == (Holding.HOLDS, Holding.PARTLY)


WRAPPED = [
    pytest.param(
        "def patiently(fn, *args):\n    for attempt in range(3):\n        try:\n"
        "            return fn(*args)\n        except openai.RateLimitError:\n"
        "            time.sleep(2 ** attempt)\n"
        f"def answer():\n    return patiently(lambda: {ASK})\n", id="lambda",
    ),
    pytest.param(
        "def patiently(fn, *args):\n    for attempt in range(3):\n        try:\n"
        "            return fn(*args)\n        except openai.RateLimitError:\n"
        "            time.sleep(2 ** attempt)\n"
        f"def ask():\n    return {ASK}\ndef answer():\n    return patiently(ask)\n",
        id="function-by-name",
    ),
    pytest.param(
        "def retrying(fn):\n    def inner(*args):\n        for attempt in range(3):\n"
        "            try:\n                return fn(*args)\n"
        "            except openai.RateLimitError:\n                time.sleep(2 ** attempt)\n"
        f"    return inner\n@retrying\ndef ask():\n    return {ASK}\ndef answer():\n"
        "    return ask()\n", id="decorator",
    ),
    pytest.param(
        "def retrying(most):\n    def outer(fn):\n        def inner(*args):\n"
        "            for attempt in range(most):\n                try:\n"
        "                    return fn(*args)\n"
        "                except openai.RateLimitError:\n"
        "                    time.sleep(2 ** attempt)\n        return inner\n"
        f"    return outer\n@retrying(3)\ndef ask():\n    return {ASK}\ndef answer():\n"
        "    return ask()\n", id="decorator-with-arguments",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", WRAPPED)
def test_a_loop_in_a_wrapper_of_ones_own_is_a_retry(text: str) -> None:
    """The loop runs what it was handed."""
    (found,) = _retries(text)

    assert (found.backoff, found.depends_on_error) == (Backoff.EXPONENTIAL, True)
    assert found.bypassed is None


@pytest.mark.parametrize("text", WRAPPED)
def test_a_wrapper_that_runs_something_else_is_none(text: str) -> None:
    """Handed the function, and never called: nothing is retried."""
    assert _retries(text.replace("return fn(*args)", "return load(*args)")) == ()


LOOPS = [
    pytest.param("        if attempt < 2:\n                continue\n            raise\n", True,
        id="continue-before-raise"),
    pytest.param("        time.sleep(1)\n", True, id="sleeps-on"),
    pytest.param("        raise\n", False, id="always-raises"),
    pytest.param("        for one in []:\n                continue\n            raise\n", False,
        id="continue-of-another-loop"),
]  # fmt: skip


@pytest.mark.parametrize(("handler", "expected"), LOOPS)
def test_a_handler_goes_round_again_or_leaves(handler: str, expected: bool) -> None:
    """`raise` at the end of a handler ends only what did not go on before."""
    text = (
        "def answer():\n    for attempt in range(3):\n        try:\n"
        f"            return {ASK}\n        except openai.APITimeoutError:\n    {handler}"
    )

    assert bool(_retries(text)) is expected


STATUS = """
import requests
import time
def answer():
    for attempt in range(4):
        reply = requests.post('https://api.openai.com/v1/chat/completions', json={}, timeout=9)
        if reply.status_code in (429, 503):
            time.sleep(2 ** attempt)
            continue
        return reply.json()
"""
BY_STATUS = [
    pytest.param(STATUS, 1, id="goes-on-by-status"),
    pytest.param(STATUS.replace("            continue\n", ""), 0, id="goes-nowhere"),
    pytest.param(STATUS.replace("return reply.json()", "store(reply)"), 0, id="never-leaves"),
    pytest.param(STATUS.replace("reply.status_code in (429, 503)", "not text"), 0, id="by-input"),
    pytest.param(STATUS.replace("range(4)", "questions"), 0, id="over-data"),
]


@pytest.mark.parametrize(("text", "expected"), BY_STATUS)
def test_an_answers_status_can_send_the_loop_round(text: str, expected: int) -> None:
    """Asked again by the status, and left with a good answer."""
    (call,) = facts_of({"a.py": text}).calls

    assert len(call.retries) == expected


WAITS = [
    pytest.param("2 ** attempt", Backoff.EXPONENTIAL, id="power"),
    pytest.param("min(60, 1 << attempt)", Backoff.EXPONENTIAL, id="shift"),
    pytest.param("DELAYS[attempt]", Backoff.EXPONENTIAL, id="rising-row"),
    pytest.param("EVEN[attempt]", Backoff.UNKNOWN, id="even-row"),
    pytest.param("grown(attempt)", Backoff.EXPONENTIAL, id="own-function"),
    pytest.param("even(attempt)", Backoff.UNKNOWN, id="own-function-that-does-not-grow"),
    pytest.param("retry_backoff_s", Backoff.FIXED, id="called-backoff"),
    pytest.param("3", Backoff.FIXED, id="fixed"),
]


@pytest.mark.parametrize(("waited", "expected"), WAITS)
def test_waits_grow_by_what_is_computed(waited: str, expected: Backoff) -> None:
    """A name with `backoff` in it grows nothing."""
    text = (
        "DELAYS = [1, 2, 4, 8]\nEVEN = [2, 2, 2]\n"
        "def grown(n):\n    return 0.5 * 2 ** n\ndef even(n):\n    return 2\n"
        "def answer(retry_backoff_s):\n    for attempt in range(3):\n        try:\n"
        f"            return {ASK}\n        except openai.APITimeoutError:\n"
        f"            time.sleep({waited})\n"
    )
    (found,) = _retries(text)

    assert found.backoff is expected


ROUNDS = [("range(1)", True), ("range(1, 2)", True), ("range(1, 4)", False), ("range(3)", False)]


@pytest.mark.parametrize(("over", "off"), ROUNDS)
def test_a_loop_of_one_round_retries_nothing(over: str, off: bool) -> None:
    """`range(1, 2)` is one attempt."""
    (found,) = _retries(
        f"def answer():\n    for attempt in {over}:\n        try:\n            return {ASK}\n"
        "        except openai.APITimeoutError:\n            time.sleep(1)\n"
    )

    assert found.is_off is off


SPARING = (
    "@retry(stop=stop_after_attempt(3))\ndef answer():\n    try:\n        return {ask}\n"
    "    except {kinds}:\n        {does}\n"
)
SPARED = [
    pytest.param("(openai.BadRequestError, ValueError)", "return None", True, id="taken-out"),
    pytest.param("openai.BadRequestError", "raise", False, id="raised-again"),
    pytest.param("ValueError", "return None", False, id="nothing-of-the-provider"),
]


@pytest.mark.parametrize(("kinds", "does", "expected"), SPARED)
def test_errors_taken_out_below_a_retry_are_seen(kinds: str, does: str, expected: bool) -> None:
    """A retry of everything still spares what a handler inside it takes."""
    (found,) = _retries(SPARING.format(ask=ASK, kinds=kinds, does=does))

    assert (found.spares is not None) is expected


LATER = (
    "def ask():\n    last = None\n    for model in ['a', 'b']:\n        try:\n"
    "            return client.chat.completions.create(model=model, messages=[])\n"
    "        except Exception as error:\n            last = error\n            continue\n{end}"
    "@retry(stop=stop_after_attempt(3))\ndef answer():\n    return ask()\n"
)
ENDS = [
    pytest.param("    raise last\n", None, id="raised-later"),
    pytest.param("    raise RuntimeError('none answered')\n", None, id="raise-behind-the-loop"),
    pytest.param("    return None\n", "swallowed", id="given-up"),
]


@pytest.mark.parametrize(("end", "expected"), ENDS)
def test_an_error_kept_for_later_is_not_lost(end: str, expected: str | None) -> None:
    """`raise last` behind a loop lets out what the handler kept."""
    (found,) = [one for one in _retries(LATER.format(end=end)) if one.name == "tenacity"]

    assert found.unreachable == expected


def test_what_is_caught_below_never_reaches_a_loop_above() -> None:
    """A function that answers with nothing leaves the loop above it nothing to catch."""
    found = _retries(
        f"def ask():\n    try:\n        return {ASK}\n    except Exception:\n"
        "        return None\n"
        "def answer():\n    for attempt in range(3):\n        try:\n"
        "            return ask()\n        except Exception:\n            time.sleep(1)\n"
    )

    assert [one.unreachable for one in found] == ["swallowed"]


GENAI = [("5", False), ("1", True)]


@pytest.mark.parametrize(("attempts", "off"), GENAI)
def test_attempts_of_google_count_the_first(attempts: str, off: bool) -> None:
    """Its client retries by status with growing waits; one attempt is none again."""
    (call,) = facts_of({
        "a.py": "from google import genai\nfrom google.genai import types\n"
        "client = genai.Client(vertexai=True, http_options=types.HttpOptions("
        f"retry_options=types.HttpRetryOptions(attempts={attempts})))\n"
        "client.models.generate_content(model='m', contents='x')\n"
    }).calls  # fmt: skip
    (found,) = call.retries

    assert (found.is_off, found.backoff) == (off, Backoff.EXPONENTIAL)


REFITS = [
    pytest.param("from pydantic_ai import Agent\nAgent('openai:m', retries=3).run_sync('x')",
        id="pydantic-ai"),
    pytest.param("import instructor\nfrom openai import OpenAI\n"
        "c = instructor.from_openai(OpenAI())\n"
        "c.chat.completions.create(model='m', response_model=R, max_retries=3)", id="instructor"),
]  # fmt: skip


@pytest.mark.parametrize("text", REFITS)
def test_asking_again_for_an_answer_that_fits_is_no_retry_of_the_call(text: str) -> None:
    """These numbers count answers that do not fit the schema, not failures of the provider."""
    (call,) = facts_of({"a.py": text}).calls

    assert call.retries == ()


def test_the_client_behind_instructor_may_still_retry() -> None:
    """What the client states is about the provider."""
    text = (
        "import instructor\nfrom openai import OpenAI\n"
        "c = instructor.from_openai(OpenAI(max_retries=2))\n"
        "c.chat.completions.create(model='m', response_model=R, max_retries=9)\n"
    )
    (call,) = facts_of({"a.py": text}).calls

    assert [one.attempts.number for one in call.retries] == [2]
