"""Model calls are recognised through the usual libraries, with provider and model."""

import pytest

from tenken.readiness.facts.code import Assertion
from tests.readiness.applications import facts_of

CALLS = [
    pytest.param("from openai import AsyncAzureOpenAI\nc = AsyncAzureOpenAI()\n"
        "c.responses.create(model='m')", "openai", "azure", id="azure"),
    pytest.param("import openai\nopenai.ChatCompletion.create(model='m')", "openai", "openai",
        id="openai-old"),
    pytest.param("from langfuse.openai import OpenAI\n"
        "OpenAI().chat.completions.create(model='m')", "openai", "openai", id="langfuse-openai"),
    pytest.param("import anthropic\nc = anthropic.Anthropic()\nc.messages.create(model='m')",
        "anthropic", "anthropic", id="anthropic"),
    pytest.param("from anthropic import AnthropicBedrock\n"
        "AnthropicBedrock().messages.create(model='m')", "anthropic", "bedrock",
        id="anthropic-bedrock"),
    pytest.param("from google import genai\nc = genai.Client()\n"
        "c.models.generate_content(model='m', contents='x')", "google-genai", "google",
        id="genai"),
    pytest.param("from google import genai\nc = genai.Client(vertexai=True)\n"
        "c.aio.models.generate_content(model='m')", "google-genai", "vertex", id="genai-vertex"),
    pytest.param("import google.generativeai as genai\n"
        "genai.GenerativeModel('m').generate_content('x')", "google-generativeai", "google",
        id="generativeai"),
    pytest.param("from vertexai.generative_models import GenerativeModel\n"
        "c = GenerativeModel('m').start_chat()\n"
        "c.send_message('x')", "vertexai", "vertex", id="vertex-chat"),
    pytest.param("import boto3\nc = boto3.client('bedrock-runtime')\nc.converse(modelId='m')",
        "boto3", "bedrock", id="bedrock"),
    pytest.param("import boto3\nc = boto3.Session().client(service_name='bedrock-runtime')\n"
        "c.invoke_model(modelId='m')", "boto3", "bedrock", id="bedrock-session"),
    pytest.param("import litellm\nlitellm.completion(model='azure/m')", "litellm", "azure",
        id="litellm"),
    pytest.param("from litellm import acompletion\nacompletion('anthropic/m')", "litellm",
        "anthropic", id="litellm-function"),
    pytest.param("from langchain_openai import ChatOpenAI\nllm = ChatOpenAI(model='m')\n"
        "llm.invoke('x')", "langchain", "openai", id="langchain"),
    pytest.param("from langchain.chat_models import init_chat_model\n"
        "init_chat_model('anthropic:m').ainvoke('x')", "langchain", "anthropic",
        id="init-chat-model"),
    pytest.param(
        "from langchain_anthropic import ChatAnthropic\n"
        "from langchain_core.prompts import ChatPromptTemplate\n"
        "chain = ChatPromptTemplate.from_template('{q}') | ChatAnthropic(model='m') | parse\n"
        "chain.invoke({})",
        "langchain", "anthropic", id="chain",
    ),
    pytest.param(
        "from langchain_openai import ChatOpenAI\n"
        "from langgraph.prebuilt import create_react_agent\n"
        "agent = create_react_agent(ChatOpenAI(model='m'), [])\nagent.invoke({})",
        "langchain", "openai", id="agent",
    ),
    pytest.param("from langchain_openai import ChatOpenAI\n"
        "ChatOpenAI(model='m').with_structured_output(S).with_retry().invoke('x')", "langchain",
        "openai", id="steps"),
    pytest.param("from llama_index.llms.openai import OpenAI\nOpenAI(model='m').complete('x')",
        "llama-index", "openai", id="llama-index"),
    pytest.param("from agents import Agent, Runner\na = Agent(name='a', model='gpt-x')\n"
        "Runner.run(a, 'x')", "openai-agents", "openai", id="agents"),
    pytest.param("from pydantic_ai import Agent\nAgent('openai:m').run_sync('x')", "pydantic-ai",
        "openai", id="pydantic-ai"),
    pytest.param("import instructor\nfrom openai import OpenAI\n"
        "c = instructor.from_openai(OpenAI())\n"
        "c.chat.completions.create(model='m', response_model=R)", "openai", "openai",
        id="instructor"),
    pytest.param("import httpx\n"
        "httpx.post('https://api.openai.com/v1/chat/completions', json={})", "http", "openai",
        id="httpx"),
    pytest.param("import requests\nB = 'https://api.anthropic.com'\n"
        "requests.post(f'{B}/v1/messages', json={})", "http", "anthropic", id="requests"),
    pytest.param(
        "import httpx\nasync def f():\n    async with httpx.AsyncClient(timeout=3) as c:\n"
        "        await c.post('http://ollama.example.com/api/generate', json={})",
        "http", "ollama", id="async-client",
    ),
    pytest.param(
        "import requests\nclass Client:\n    def ask(self, q):\n"
        "        body = {'model': self.model, 'messages': [{'role': 'user', 'content': q}]}\n"
        "        return requests.post(f'{self.base}{self.path}', json=body)",
        "http", "", id="chat-at-an-address-from-settings",
    ),
    pytest.param("from google.adk.agents import LlmAgent\n"
        "root_agent = LlmAgent(model='gemini-x', name='a')", "google-adk", "google", id="adk"),
    pytest.param("from google.adk import Agent\nroot_agent = Agent(model='gemini-x')",
        "google-adk", "google", id="adk-agent"),
    pytest.param("from pydantic_ai import Agent\nagent = Agent[Deps, str](model='openai:m')\n"
        "agent.run('x')", "pydantic-ai", "openai", id="pydantic-ai-with-its-types"),
    pytest.param("from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion\n"
        "OpenAIChatCompletion(ai_model_id='gpt-x').get_chat_message_content(h, s)",
        "semantic-kernel", "openai", id="semantic-kernel"),
    pytest.param("from autogen_ext.models.openai import OpenAIChatCompletionClient\n"
        "OpenAIChatCompletionClient(model='m').create([])", "autogen", "openai", id="autogen"),
    pytest.param("from crewai import LLM\nLLM(model='openai/m').call('x')", "crewai", "openai",
        id="crewai"),
    pytest.param("import dspy\nlm = dspy.LM('openai/m')\nlm('x')", "dspy", "openai", id="dspy"),
    pytest.param("from haystack.components.generators.chat import OpenAIChatGenerator\n"
        "OpenAIChatGenerator(model='m').run([])", "haystack", "openai", id="haystack"),
    pytest.param("import instructor\nc = instructor.from_provider('openai/m')\n"
        "c.chat.completions.create(response_model=R)", "openai", "openai",
        id="instructor-provider"),
    pytest.param("from anthropic import AnthropicFoundry\n"
        "AnthropicFoundry().messages.create(model='m')", "anthropic", "azure", id="foundry"),
    pytest.param("from google import genai\nc = genai.Client()\nasync def f():\n"
        "    async with c.aio.live.connect(model='m') as s:\n        await s.send(x)",
        "google-genai", "google", id="genai-live"),
    pytest.param("from deepagents import create_deep_agent\n"
        "create_deep_agent(model='anthropic:m', tools=[]).invoke({})", "langgraph", "anthropic",
        id="deepagents"),
    pytest.param("from deepagents import create_deep_agent\n"
        "from langchain_openai import ChatOpenAI\n"
        "create_deep_agent(model=ChatOpenAI(model='m'), tools=[]).invoke({})", "langchain",
        "openai", id="deepagents-with-a-model"),
    pytest.param("from llama_index.core import Settings, VectorStoreIndex\n"
        "from llama_index.llms.anthropic import Anthropic\nSettings.llm = Anthropic(model='m')\n"
        "VectorStoreIndex.from_documents(d).as_query_engine().query('x')", "llama-index",
        "anthropic", id="llama-index-settings"),
    pytest.param("from llama_index.core import VectorStoreIndex\n"
        "VectorStoreIndex.from_documents(d).as_chat_engine().chat('x')", "llama-index", "openai",
        id="llama-index-default"),
    pytest.param("from llama_index.core.agent.workflow import FunctionAgent\n"
        "from llama_index.llms.openai import OpenAI\n"
        "FunctionAgent(tools=[], llm=OpenAI(model='m')).run(user_msg='x')", "llama-index",
        "openai", id="llama-index-agent"),
    pytest.param("from pydantic_ai import Agent\nasync def f():\n"
        "    async for e in Agent('openai:m').run_stream_events('x'):\n        pass",
        "pydantic-ai", "openai", id="pydantic-ai-events"),
    pytest.param("from pydantic_ai.direct import model_request_sync\n"
        "model_request_sync('anthropic:m', [])", "pydantic-ai", "anthropic",
        id="pydantic-ai-direct"),
    pytest.param("import instructor\nfrom litellm import completion\n"
        "c = instructor.from_litellm(completion)\n"
        "c.chat.completions.create(model='openai/m', response_model=R)", "litellm", "openai",
        id="instructor-litellm"),
    pytest.param("import instructor\ninstructor.from_provider('openai/m')"
        ".create(response_model=R, messages=[])", "openai", "openai", id="instructor-create"),
    pytest.param("import dspy\nclass A(dspy.Module):\n    def __init__(self):\n"
        "        self.think = dspy.Predict('q -> a')\n    def forward(self, q):\n"
        "        return self.think(q=q)", "dspy", "", id="dspy-module"),
    pytest.param("from semantic_kernel import Kernel\n"
        "from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion\n"
        "Kernel().add_service(AzureChatCompletion(deployment_name='m'))", "semantic-kernel",
        "azure", id="semantic-kernel-service"),
    pytest.param("from haystack import Pipeline\n"
        "from haystack.components.generators import OpenAIGenerator\np = Pipeline()\n"
        "p.add_component('llm', OpenAIGenerator(model='m'))", "haystack", "openai",
        id="haystack-pipeline"),
    pytest.param("from agent_framework import ChatAgent\nChatAgent(chat_client=c).run('x')",
        "agent-framework", "", id="agent-framework"),
    pytest.param("from azure.ai.projects import AIProjectClient\n"
        "AIProjectClient(endpoint=e).get_openai_client().responses.create(model='m')", "openai",
        "azure", id="azure-project"),
    pytest.param("from smolagents import CodeAgent\nCodeAgent(tools=[], model=m).run('x')",
        "smolagents", "", id="smolagents"),
    pytest.param("from strands import Agent\nagent = Agent(system_prompt='s')\nagent('x')",
        "strands", "", id="strands"),
    pytest.param("from xai_sdk import Client\nchat = Client().chat.create(model='m')\n"
        "chat.sample()", "xai-sdk", "xai", id="xai"),
    pytest.param("import httpx\nwith httpx.stream('POST', "
        "'https://api.openai.com/v1/responses', json={}) as r:\n    pass", "http", "openai",
        id="httpx-stream"),
    pytest.param("from functools import partial\nfrom openai import OpenAI\n"
        "ask = partial(OpenAI().chat.completions.create, model='m', timeout=5)\nask(messages=[])",
        "openai", "openai", id="half-filled"),
    pytest.param("from huggingface_hub import AsyncInferenceClient\n"
        "AsyncInferenceClient(model='m').chat_completion([])", "huggingface", "huggingface",
        id="huggingface"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "library", "provider"), CALLS)
def test_a_call_is_recognised(text: str, library: str, provider: str) -> None:
    """Each library's way of calling is known."""
    (call,) = facts_of({"a.py": text}).calls

    assert (call.library, call.provider) == (library, provider)


NO_CALLS = [
    pytest.param(
        "from shop import Pipeline\np = Pipeline()\np.add_component('llm', build())",
        id="other-pipeline",
    ),
    pytest.param(
        "import dspy\nclass A:\n    def f(self):\n        return self.think(1)",
        id="attribute-of-nothing",
    ),
    pytest.param("from shop import index\nindex.as_query_engine().query('x')", id="other-engine"),
    pytest.param("import redis\nredis.Redis().stream('x')", id="other-stream"),
    pytest.param("import httpx\nhttpx.post('https://api.example.com/v1/items')", id="other-host"),
    pytest.param(
        "import httpx\nhttpx.post(url, json={'model': 'car', 'year': 1})", id="other-body"
    ),
    pytest.param("from google.adk.tools import FunctionTool\nFunctionTool(f)", id="adk-tool"),
    pytest.param("import boto3\nboto3.client('s3').invoke_model()", id="other-service"),
    pytest.param(
        "from google.cloud import storage\nstorage.Client().chat.completions.create()",
        id="other-google",
    ),
    pytest.param("class OpenAI:\n    pass\nOpenAI().chat.completions.create()", id="own-class"),
    pytest.param("'client.chat.completions.create(model=1)'", id="text"),
    pytest.param("# from openai import OpenAI\nclient.chat.completions.create()", id="comment"),
]


@pytest.mark.parametrize("text", NO_CALLS)
def test_what_only_looks_like_a_call_is_none(text: str) -> None:
    """Names and words are not calls."""
    assert facts_of({"a.py": text}).calls == ()


@pytest.mark.parametrize("folder", ["tests", "examples", "scripts", "evals", "notebooks"])
def test_calls_of_tools_are_not_production(folder: str) -> None:
    """What nobody serves is kept apart."""
    facts = facts_of(
        {f"{folder}/a.py": "from openai import OpenAI\nOpenAI().responses.create(model='m')"}
    )

    assert facts.calls == ()


def test_routes_reach_calls_through_functions() -> None:
    """From the door, through two modules, to the call."""
    facts = facts_of(
        {
            "main.py": "from fastapi import FastAPI\nfrom desk import reply\napp = FastAPI()\n"
            "@app.post('/ask')\ndef ask(q: str):\n    return reply(q)\n@app.get('/other')\n"
            "def other():\n    return 1\n",
            "desk.py": "from model import complete\ndef reply(q):\n    return complete(q)\n",
            "model.py": "from openai import OpenAI\nc = OpenAI()\ndef complete(q):\n"
            "    return c.responses.create(model='m', input=q)\n",
        }
    )

    assert facts.calls[0].routes == ("POST /ask",)
    assert {route.name: route.reaches_model for route in facts.routes} == {
        "POST /ask": True,
        "GET /other": False,
    }


def test_the_evaluator_of_an_agent_framework_is_a_test_with_a_model() -> None:
    """It runs the agent, and raises where a score is too low."""
    text = (
        "from google.adk.evaluation.agent_evaluator import AgentEvaluator\n"
        "async def test_agent():\n    await AgentEvaluator.evaluate(agent_module='a')\n"
    )
    (case,) = facts_of({"tests/test_agent.py": text}).tests

    assert (case.calls_model, case.assertion) == (True, Assertion.REAL)
