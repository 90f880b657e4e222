"""Second ways to an answer that stand behind a call, or in a loop over whom to ask."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import resilience
from tests.readiness.applications import survey_of

TWO = """
import anthropic
import openai

one = openai.OpenAI(timeout=20, max_retries=1)
two = anthropic.Anthropic(timeout=20, max_retries=1)


def first(text):
    return one.responses.create(model="gpt-4.1", input=text)


def second(text):
    return two.messages.create(model="claude-sonnet-4", max_tokens=100, messages=[text])


class First:
    def ask(self, text):
        return first(text)


class Second:
    def ask(self, text):
        return second(text)


def by_name(name, text):
    if name == "openai":
        return first(text)
    return second(text)

"""
IN_TURN = (
    TWO
    + """
def answer(text):
    for ask in (first, second):
        try:
            return ask(text)
        except Exception:
            continue
    raise RuntimeError("nobody answers")
"""
)
OBJECTS = (
    TWO
    + """
KNOWN = {"openai": First(), "anthropic": Second()}


def answer(text):
    last = None
    for name in ["openai", "anthropic"]:
        try:
            return KNOWN[name].ask(text)
        except Exception as error:
            last = error
    raise last
"""
)
NAMES = (
    TWO
    + """
def answer(text):
    last = None
    for name in ["openai", "anthropic"]:
        try:
            return by_name(name, text)
        except Exception as error:
            last = error
    raise last
"""
)
BEHIND = (
    TWO
    + """
def answer(text):
    if text:
        try:
            return first(text)
        except Exception as error:
            print(error)
    return second(text)
"""
)
MISSING = (
    TWO
    + """
def answer(text):
    found = None
    try:
        found = first(text)
    except Exception as error:
        print(error)
    if found is None:
        found = second(text)
    return found
"""
)
EMPTY = (
    TWO
    + """
def tried(text):
    try:
        return first(text)
    except Exception:
        return None


def answer(text):
    found = tried(text)
    if found:
        return found
    return second(text)
"""
)
FORMS = {
    "functions in turn": IN_TURN, "objects by name": OBJECTS, "names": NAMES, "behind": BEHIND,
    "where it is missing": MISSING, "where it is empty": EMPTY,
}  # fmt: skip
SPOILED = [
    pytest.param(IN_TURN, "(first, second)", "(first, first)", id="the same twice"),
    pytest.param(IN_TURN, "            continue", "            raise", id="stops at the first"),
    pytest.param(OBJECTS, '"anthropic": Second()', '"anthropic": First()', id="one of two names"),
    pytest.param(NAMES, "by_name(name, text)", "by_name('openai', text)", id="never by the name"),
    pytest.param(BEHIND, "            print(error)", "            return 'no'", id="answered"),
    pytest.param(BEHIND, "    return second(text)", "    return text\n    return second(text)",
                 id="behind a return"),
    pytest.param(BEHIND, "            return first(text)", "            first(text)", id="both"),
    pytest.param(MISSING, "if found is None:", "if text is None:", id="another name"),
    pytest.param(MISSING, "if found is None:", "if False:", id="never"),
    pytest.param(EMPTY, "        return found\n", "        print(found)\n", id="asks both"),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_second_is_reached(form: str) -> None:
    """When the first one raises, the other is asked."""
    assert _told(FORMS[form]) is Holding.HOLDS


@pytest.mark.parametrize(("text", "old", "new"), SPOILED)
def test_what_only_looks_so_is_no_second(text: str, old: str, new: str) -> None:
    """Nobody else is asked because of the error."""
    assert old in text
    assert _told(text.replace(old, new)) is not Holding.HOLDS


def test_errors_that_are_let_out_at_once_decide() -> None:
    """A wide handler that raises again by the status retries what can get better."""
    text = (
        TWO
        + """
def answer(text):
    for attempt in range(4):
        try:
            return first(text)
        except openai.APIStatusError as error:
            if error.status_code not in {429, 503}:
                raise
        time.sleep(2 ** attempt)
"""
    )
    told = resilience.retries_depend_on_the_error(survey_of({"desk.py": text}))
    blunt = text.replace("if error.status_code not in {429, 503}:", "if attempt == 3:")

    assert told.holding is Holding.HOLDS
    told = resilience.retries_depend_on_the_error(survey_of({"desk.py": blunt}))
    assert told.holding is not Holding.HOLDS


def _told(text: str) -> Holding:
    survey = survey_of({"desk.py": text})
    both = (resilience.independent_targets_exist, resilience.failover_is_reachable)
    told = [probe(survey).holding for probe in both]
    return Holding.HOLDS if told == [Holding.HOLDS] * 2 else next(
        one for one in told if one is not Holding.HOLDS
    )  # fmt: skip
