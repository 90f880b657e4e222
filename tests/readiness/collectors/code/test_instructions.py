"""Instructions are found wherever a library takes them, and what is put into them is seen."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.facts.code import PromptSource
from tenken.readiness.probes import security
from tests.readiness.applications import facts_of, survey_of

TEXT = "You answer questions about the menu of one restaurant."
GIVEN = [
    pytest.param(
        "from google.adk.agents import LlmAgent\n"
        f"root = LlmAgent(model='gemini-x', name='a', instruction='{TEXT}')", id="adk",
    ),
    pytest.param(
        "from google.adk.agents import Agent\n"
        f"def given(context):\n    return '{TEXT}'\n"
        "root = Agent(model='gemini-x', name='a', instruction=given)", id="adk-function",
    ),
    pytest.param(
        "from google.adk.plugins.global_instruction_plugin import GlobalInstructionPlugin\n"
        f"plugin = GlobalInstructionPlugin('{TEXT}')", id="adk-plugin",
    ),
    pytest.param(
        "from agents import Agent, Runner\n"
        f"a = Agent(name='a', model='m', instructions='{TEXT}')\nRunner.run_sync(a, 'x')",
        id="openai-agents",
    ),
    pytest.param(
        "from agents import Agent\n"
        f"def given(context, agent):\n    return '{TEXT}'\n"
        "a = Agent(name='a', model='m', instructions=given)", id="openai-agents-function",
    ),
    pytest.param(f"from pydantic_ai import Agent\na = Agent('openai:m', system_prompt='{TEXT}')",
        id="pydantic-ai"),
    pytest.param(f"from pydantic_ai import Agent\na = Agent('openai:m', instructions='{TEXT}')",
        id="pydantic-ai-instructions"),
    pytest.param(
        "from pydantic_ai import Agent\na = Agent('openai:m')\n"
        f"@a.system_prompt\ndef given(ctx):\n    return '{TEXT}'", id="pydantic-ai-decorator",
    ),
    pytest.param(
        "from pydantic_ai import Agent\na = Agent[Deps, str]('openai:m')\n"
        f"@a.instructions(dynamic=True)\nasync def given(ctx):\n    return '{TEXT}'",
        id="pydantic-ai-decorator-called",
    ),
    pytest.param(
        "from crewai import Agent\n"
        f"a = Agent(role='cook', goal='g', backstory='{TEXT}', llm='openai/m')", id="crewai",
    ),
    pytest.param(
        "from llama_index.llms.openai import OpenAI\nindex = build(OpenAI(model='m'))\n"
        f"engine = index.as_chat_engine(system_prompt='{TEXT}')", id="llama-index",
    ),
    pytest.param(
        "from langchain_core.prompts import PromptTemplate\n"
        "from langchain_openai import ChatOpenAI\nllm = ChatOpenAI(model='m')\n"
        f"def messages():\n    return PromptTemplate.from_template('{TEXT}').invoke({{}})"
        ".to_messages() + history()\nllm.invoke(input=messages())", id="langchain-messages",
    ),
    pytest.param(
        "from llama_index.core import PromptTemplate\n"
        "from llama_index.llms.openai import OpenAI\nindex = build(OpenAI(model='m'))\n"
        f"e = index.as_query_engine(text_qa_template=PromptTemplate('{TEXT}'))",
        id="llama-index-template",
    ),
    pytest.param(
        "from openai import OpenAI\nfrom chat import Role, Message\n"
        f"said = Message(role=Role.SYSTEM, content='{TEXT}')\n"
        "OpenAI().chat.completions.create(messages=[said])",
        id="role-of-an-enum",
    ),
    pytest.param(
        "from langgraph.prebuilt import create_react_agent\n"
        f"a = create_react_agent('openai:m', [], prompt='{TEXT}')", id="langgraph",
    ),
    pytest.param(
        "from langchain.agents import create_agent\n"
        f"a = create_agent('openai:m', tools=[], system_prompt='{TEXT}')", id="create-agent",
    ),
    pytest.param(
        "from haystack.components.builders import PromptBuilder\n"
        f"b = PromptBuilder(template='{TEXT}')", id="haystack",
    ),
    pytest.param(
        "from haystack.dataclasses import ChatMessage\nimport haystack\n"
        f"m = ChatMessage.from_system('{TEXT}')", id="haystack-message",
    ),
    pytest.param(
        "from semantic_kernel.agents import ChatCompletionAgent\n"
        f"a = ChatCompletionAgent(name='a', instructions='{TEXT}')", id="semantic-kernel",
    ),
    pytest.param(
        "from autogen_agentchat.agents import AssistantAgent\n"
        f"a = AssistantAgent('a', model_client=c, system_message='{TEXT}')", id="autogen",
    ),
    pytest.param(
        "import anthropic\nc = anthropic.Anthropic()\n"
        f"c.messages.create(model='m', system='{TEXT}', messages=[])", id="anthropic",
    ),
    pytest.param(
        "import boto3\nc = boto3.client('bedrock-runtime')\n"
        f"c.converse(modelId='m', system=[{{'text': '{TEXT}'}}], messages=[])", id="bedrock",
    ),
    pytest.param(
        "from google import genai\nfrom google.genai import types\nc = genai.Client()\n"
        "c.models.generate_content(model='m', contents='x', "
        f"config=types.GenerateContentConfig(system_instruction='{TEXT}'))", id="genai",
    ),
    pytest.param(
        "from google import genai\nc = genai.Client()\n"
        "c.models.generate_content(model='m', contents='x', "
        f"config={{'system_instruction': '{TEXT}'}})", id="genai-mapping",
    ),
    pytest.param(
        "from vertexai.generative_models import GenerativeModel\n"
        f"m = GenerativeModel('m', system_instruction=['{TEXT}'])", id="vertexai",
    ),
]  # fmt: skip


@pytest.mark.parametrize("text", GIVEN)
def test_instructions_are_found(text: str) -> None:
    """Every library's word for them is known."""
    (prompt,) = facts_of({"a.py": text}).prompts

    assert (prompt.length, prompt.source) == (len(TEXT), PromptSource.INLINE)


NOT_GIVEN = [
    pytest.param(
        "import openai\nclass Guide:\n    def instructions(self, f):\n        return f\n"
        f"g = Guide()\n@g.instructions\ndef text(x):\n    return '{TEXT}'", id="other-decorator",
    ),
    pytest.param(f"import openai\nfrom mail import Template\nt = Template(template='{TEXT}')",
        id="other-template"),
    pytest.param(f"import openai\nfrom sports import Agent\na = Agent(goal='{TEXT}')",
        id="other-agent"),
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_GIVEN)
def test_what_no_model_is_given_is_no_prompt(text: str) -> None:
    """The same words elsewhere mean something else."""
    assert facts_of({"a.py": text}).prompts == ()


def test_what_a_provider_of_instructions_puts_in_is_seen() -> None:
    """The function that gives instructions joins what the caller wrote."""
    text = (
        "from google.adk.agents import Agent\n"
        f"def given(context):\n    return f'{TEXT} The user is {{context.user_id}}'\n"
        "root = Agent(model='gemini-x', name='a', instruction=given)"
    )

    answer = security.prompts_are_templates(survey_of({"a.py": text}))

    assert answer.holding is Holding.FAILS


JOINED = """
from fastapi import FastAPI
from openai import OpenAI
app = FastAPI()
client = OpenAI()

@app.post("/chat")
def chat(question: str, context: str):
    return client.chat.completions.create(model="m", messages=[
        {"role": "system", "content": "TEXT"},
        {"role": "user", "content": USER},
    ])
""".replace("TEXT", TEXT)
USERS = [
    pytest.param('f"候補:\\n{context}\\n\\n質問: {question}"', Holding.FAILS, id="japanese"),
    pytest.param('f"Context: {context} Q: {question}"', Holding.FAILS, id="short-labels"),
    pytest.param('(f"C {context} Q {question}" if context else question)', Holding.FAILS,
        id="in-one-branch"),
    pytest.param('f"{context}\\n{question}"', Holding.HOLDS, id="no-words-between"),
    pytest.param('f"Q: {question}"', Holding.HOLDS, id="one-text"),
    pytest.param("question", Holding.HOLDS, id="alone"),
]  # fmt: skip


@pytest.mark.parametrize(("user", "expected"), USERS)
def test_texts_joined_with_labels_are_no_template(user: str, expected: Holding) -> None:
    """However short the words between them, in any language."""
    survey = survey_of({"a.py": JOINED.replace("USER", user)})

    assert security.prompts_are_templates(survey).holding is expected


STORED = """
from pydantic_ai import Agent
from store import fetch
agent = Agent("openai:m")

@agent.instructions
async def given(ctx):
    text = await fetch("slug")
    return FILLED

def answer(question):
    return agent.run_sync(question)
"""
FILLED = [
    pytest.param("text.format(name=ctx.name)", Holding.PARTLY, id="named-fields"),
    pytest.param("text.format(ctx.name)", Holding.UNKNOWN, id="unnamed"),
    pytest.param("text", Holding.UNKNOWN, id="whatever-it-is"),
]


@pytest.mark.parametrize(("filled", "expected"), FILLED)
def test_a_template_kept_elsewhere_shows_its_fields_only(filled: str, expected: Holding) -> None:
    """Named fields are seen, the text is not."""
    survey = survey_of({"a.py": STORED.replace("FILLED", filled)})

    assert security.prompts_are_templates(survey).holding is expected
