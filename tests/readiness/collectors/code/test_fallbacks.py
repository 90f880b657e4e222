"""Other targets: candidates of a loop, and chains that a comprehension builds."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import resilience
from tests.readiness.applications import facts_of, survey_of

CHAIN = """
from langchain.chat_models import init_chat_model

class Kind:
    def __init__(self, id: str):
        self.id = id

FIRST = "openai:gpt-a"
NEXT = ["anthropic:claude-b", "google_genai:gemini-c"]

def built(model: str):
    return init_chat_model(model=model).with_retry(stop_after_attempt=2)

def chained(model: str):
    return built(model).with_fallbacks([built(one) for one in NEXT])

def answer(text):
    return chained(FIRST).invoke(text)
"""


def test_fallbacks_built_by_a_comprehension_are_followed() -> None:
    """Each model that the comprehension hands to the factory is a target."""
    (call,) = facts_of({"a.py": CHAIN}).calls

    targets = [
        (one.target.provider, one.target.model.value) for one in call.fallbacks if one.target
    ]
    assert targets == [("anthropic", "anthropic:claude-b"), ("google", "google_genai:gemini-c")]


MODELS = [
    pytest.param(CHAIN, Holding.HOLDS, id="three-providers"),
    pytest.param(
        CHAIN.replace('["anthropic:claude-b", "google_genai:gemini-c"]', '["openai:gpt-b"]'),
        Holding.FAILS, id="one-account",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MODELS)
def test_targets_of_a_chain_are_judged_by_their_providers(text: str, expected: Holding) -> None:
    """Names of one provider's models fail together."""
    assert resilience.independent_targets_exist(survey_of({"a.py": text})).holding is expected


LOOP = """
from client import Client

class Gateway:
    def __init__(self, first, others):
        self.order = [first, *others]

    def candidate_models(self):
        return self.order

    def answer(self, text):
        last = None
        for name in self.candidate_models():
            client = Client(name)
            try:
                return client.ask(text)
            except Exception as error:
                last = error
                continue
        raise last
"""
CLIENT = """
from openai import OpenAI

class Client:
    def __init__(self, name):
        self.name = name
        self.client = OpenAI()

    def ask(self, text):
        return self.client.chat.completions.create(model=self.name, messages=[])
"""
LOOPS = [
    pytest.param(LOOP, ["loop"], id="made-of-the-candidate"),
    pytest.param(
        LOOP.replace("self.candidate_models()", "self.order").replace(
            "Client(name)", "Client(model=name)"), ["loop"], id="handed-on-as-a-model",
    ),
    pytest.param(LOOP.replace("Client(name)", "Client('m')"), [], id="always-the-same"),
    pytest.param(LOOP.replace("return client.ask(text)", "print(client.ask(text))"), [],
        id="asks-them-all"),
    pytest.param(LOOP.replace("                continue\n", "                raise\n"), [],
        id="stops-at-the-first"),
    pytest.param(LOOP.replace("candidate_models", "documents"), [], id="over-documents"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LOOPS)
def test_a_loop_over_candidates_goes_to_the_next(text: str, expected: list[str]) -> None:
    """It uses the one at hand, leaves with an answer, and goes on when one raises."""
    (call,) = facts_of({"gateway.py": text, "client.py": CLIENT}).calls

    assert [one.how for one in call.fallbacks] == expected
