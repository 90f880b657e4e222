"""What is stated about the calls of agents: on their model, once for a library, in steps."""

import pytest

from tests.readiness.applications import facts_of

FORMS = {
    "openai-agents": """
from agents import Agent, Runner, set_default_openai_client
from openai import AsyncOpenAI

set_default_openai_client(AsyncOpenAI(timeout=30))
agent = Agent(name="desk", model="gpt-4.1")


async def ask(text):
    return await Runner.run(agent, text)
""",
    "google-adk": """
from google.adk.agents import LlmAgent
from google.genai import types

options = types.HttpOptions(timeout=30_000)
agent = LlmAgent(name="desk", model="gemini-2.5-flash",
                 generate_content_config=types.GenerateContentConfig(http_options=options))
""",
    "crewai": """
from crewai import LLM, Agent, Crew, Task

clerk = Agent(role="clerk", goal="answer", backstory="", llm=LLM(model="openai/x", timeout=30))
crew = Crew(agents=[clerk], tasks=[])


def ask(text):
    return crew.kickoff(inputs={"text": text})
""",
    "autogen": """
from autogen_agentchat.agents import AssistantAgent
from autogen_ext.models.openai import OpenAIChatCompletionClient

agent = AssistantAgent("desk", model_client=OpenAIChatCompletionClient(model="x", timeout=30))


async def ask(text):
    return await agent.run(task=text)
""",
    "dspy": """
import dspy

dspy.configure(lm=dspy.LM("openai/x", timeout=30))
desk = dspy.Predict("question -> answer")


def ask(text):
    return desk(question=text)
""",
    "strands": """
from botocore.config import Config
from strands import Agent
from strands.models import BedrockModel

agent = Agent(model=BedrockModel(model_id="x", boto_client_config=Config(read_timeout=30)))


def ask(text):
    return agent(text)
""",
    "smolagents": """
from smolagents import CodeAgent, OpenAIServerModel

agent = CodeAgent(tools=[], model=OpenAIServerModel("x", client_kwargs={"timeout": 30}))


def ask(text):
    return agent.run(text)
""",
    "litellm": """
import litellm

litellm.request_timeout = 30


def ask(text):
    return litellm.completion(model="gpt-4.1", messages=[text])
""",
    "a mapping in steps": """
import openai


def built():
    options = dict(api_key="")
    options["timeout"] = 30
    return openai.OpenAI(**options)


client = built()


def ask(text):
    return client.responses.create(model="gpt-4.1", input=text)
""",
}
SPOILED = [
    ("openai-agents", "set_default_openai_client(AsyncOpenAI", "print(AsyncOpenAI"),
    ("google-adk", "http_options=options", "temperature=0"),
    ("crewai", ", timeout=30", ""),
    ("autogen", ", timeout=30", ""),
    ("dspy", "dspy.configure(lm=", "print("),
    ("strands", "boto_client_config=", "boto_session="),
    ("smolagents", '{"timeout": 30}', '{"user": 30}'),
    ("litellm", "litellm.request_timeout", "litellm.drop_params"),
    ("a mapping in steps", 'options["timeout"]', 'others["timeout"]'),
]
FALLBACKS = {
    "pydantic-ai": """
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.models.openai import OpenAIChatModel

agent = Agent(FallbackModel(OpenAIChatModel("gpt-4.1"), AnthropicModel("claude-sonnet-4")))


def ask(text):
    return agent.run_sync(text)
""",
    "a middleware": """
from langchain.agents import create_agent
from langchain.agents.middleware import ModelFallbackMiddleware
from langchain_openai import ChatOpenAI

agent = create_agent(model=ChatOpenAI(model="gpt-4.1"), tools=[],
                     middleware=[ModelFallbackMiddleware("anthropic:claude-sonnet-4")])


def ask(text):
    return agent.invoke({"messages": [text]})
""",
}


@pytest.mark.parametrize("library", FORMS)
def test_the_timeout_is_found(library: str) -> None:
    """Wherever the library lets it be stated."""
    assert _stated(FORMS[library])


@pytest.mark.parametrize(("library", "old", "new"), SPOILED)
def test_what_states_something_else_is_no_timeout(library: str, old: str, new: str) -> None:
    """The library's default rules then."""
    assert old in FORMS[library]
    assert not _stated(FORMS[library].replace(old, new))


@pytest.mark.parametrize("form", FALLBACKS)
def test_other_models_of_an_agent_are_fallbacks(form: str) -> None:
    """Those that are asked when the first one fails."""
    (call,) = facts_of({"desk.py": FALLBACKS[form]}).calls

    assert [one.target.provider for one in call.fallbacks if one.target] == ["anthropic"]


def test_an_agent_is_of_the_provider_that_its_model_is_named_after() -> None:
    """The class tells it where no name of a model does."""
    (call,) = facts_of({"desk.py": FORMS["strands"]}).calls

    assert call.provider == "bedrock"


def _stated(text: str) -> bool:
    (call,) = (one for one in facts_of({"desk.py": text}).calls)
    return call.timeout.is_stated
