"""The libraries that call models: their names, and where they keep their settings."""

from collections.abc import Mapping

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.readiness.facts.calls import Operation


class Client(Struct, frozen=True, kw_only=True):
    """A class (or factory) whose objects call a model."""

    library: str
    provider: str
    model: tuple[str, ...] = ("model",)
    """Keywords that name the model, on the constructor or on the call."""
    model_position: int | None = None
    """The constructor's argument that names the model."""
    retries_by_default: bool = True
    """The library retries with growing waits, by the kind of error, once a number is stated."""
    counts_the_first: bool = False
    """Its number of attempts has the first one in it: one attempt is no retry."""


class Method(Struct, frozen=True, kw_only=True):
    """A method that sends something to a model."""

    operation: Operation = Operation.GENERATE
    streaming: bool = False
    structured: bool = False


OPENAI = Client(library="openai", provider="openai")
AZURE = Client(library="openai", provider="azure", model=("model", "azure_deployment"))
ANTHROPIC = Client(library="anthropic", provider="anthropic")
VERTEX = Client(
    library="vertexai", provider="vertex", model=("model_name", "model"), model_position=0,
    retries_by_default=False,
)  # fmt: skip
GENAI = Client(library="google-genai", provider="google", counts_the_first=True)
BEDROCK = Client(library="boto3", provider="bedrock", model=("modelId", "modelArn"))
SEMANTIC_KERNEL = Client(library="semantic-kernel", provider="", model=("ai_model_id",))
CREWAI = Client(library="crewai", provider="", model=("model", "llm"))
DSPY = Client(library="dspy", provider="", model_position=0)
DSPY_MODULE = Client(library="dspy", provider="")
AGENT_FRAMEWORK = Client(library="agent-framework", provider="")
SMOLAGENTS = Client(library="smolagents", provider="", retries_by_default=False)
STRANDS = Client(library="strands", provider="", retries_by_default=False)
XAI = Client(library="xai-sdk", provider="xai")

CLIENTS: Mapping[tuple[str, str], Client] = {
    ("openai", "OpenAI"): OPENAI, ("openai", "AsyncOpenAI"): OPENAI, ("openai", "Client"): OPENAI,
    ("openai", "AzureOpenAI"): AZURE, ("openai", "AsyncAzureOpenAI"): AZURE,
    ("langfuse", "OpenAI"): OPENAI, ("langfuse", "AsyncOpenAI"): OPENAI,
    ("langfuse", "AzureOpenAI"): AZURE, ("langfuse", "AsyncAzureOpenAI"): AZURE,
    ("anthropic", "Anthropic"): ANTHROPIC, ("anthropic", "AsyncAnthropic"): ANTHROPIC,
    ("anthropic", "Client"): ANTHROPIC,
    ("anthropic", "AnthropicBedrock"): Client(library="anthropic", provider="bedrock"),
    ("anthropic", "AsyncAnthropicBedrock"): Client(library="anthropic", provider="bedrock"),
    ("anthropic", "AnthropicVertex"): Client(library="anthropic", provider="vertex"),
    ("anthropic", "AsyncAnthropicVertex"): Client(library="anthropic", provider="vertex"),
    ("google", "Client"): GENAI,
    ("google", "GenerativeModel"): Client(
        library="google-generativeai", provider="google", model=("model_name", "model"),
        model_position=0, retries_by_default=False,
    ),
    ("vertexai", "GenerativeModel"): VERTEX, ("vertexai", "TextGenerationModel"): VERTEX,
    ("vertexai", "ChatModel"): VERTEX, ("vertexai", "TextEmbeddingModel"): VERTEX,
    ("groq", "Groq"): Client(library="groq", provider="groq"),
    ("groq", "AsyncGroq"): Client(library="groq", provider="groq"),
    ("together", "Together"): Client(library="together", provider="together"),
    ("mistralai", "Mistral"): Client(library="mistralai", provider="mistral",
    retries_by_default=False),
    ("cohere", "Client"): Client(library="cohere", provider="cohere"),
    ("cohere", "ClientV2"): Client(library="cohere", provider="cohere"),
    ("cohere", "AsyncClientV2"): Client(library="cohere", provider="cohere"),
    ("ollama", "Client"): Client(library="ollama", provider="ollama", retries_by_default=False),
    ("ollama", "AsyncClient"): Client(library="ollama", provider="ollama",
    retries_by_default=False),
    ("huggingface_hub", "InferenceClient"): Client(library="huggingface", provider="huggingface"),
    ("litellm", "Router"): Client(library="litellm", provider=""),
    ("pydantic_ai", "Agent"): Client(library="pydantic-ai", provider="", model_position=0),
    ("azure", "ChatCompletionsClient"): Client(library="azure-ai-inference", provider="azure"),
    ("langgraph", "create_react_agent"): Client(library="langgraph", provider="",
    model_position=0),
    ("langchain", "create_agent"): Client(library="langchain", provider="", model_position=0),
    ("langchain", "init_chat_model"): Client(library="langchain", provider="", model_position=0),
    ("cohere", "AsyncClient"): Client(library="cohere", provider="cohere"),
    ("together", "AsyncTogether"): Client(library="together", provider="together"),
    ("huggingface_hub", "AsyncInferenceClient"): Client(library="huggingface",
    provider="huggingface"),
    ("semantic_kernel", "OpenAIChatCompletion"): SEMANTIC_KERNEL,
    ("semantic_kernel", "AzureChatCompletion"): Client(library="semantic-kernel", provider="azure",
    model=("deployment_name",)),
    ("semantic_kernel", "ChatCompletionAgent"): SEMANTIC_KERNEL,
    ("autogen_ext", "OpenAIChatCompletionClient"): Client(library="autogen", provider="openai"),
    ("autogen_ext", "AzureOpenAIChatCompletionClient"): Client(library="autogen",
    provider="azure"),
    ("autogen_agentchat", "AssistantAgent"): Client(library="autogen", provider=""),
    ("crewai", "LLM"): CREWAI, ("crewai", "Agent"): CREWAI, ("crewai", "Crew"): CREWAI,
    ("dspy", "LM"): DSPY, ("dspy", "Predict"): DSPY_MODULE,
    ("dspy", "ChainOfThought"): DSPY_MODULE, ("dspy", "ReAct"): DSPY_MODULE,
    ("anthropic", "AnthropicFoundry"): Client(library="anthropic", provider="azure"),
    ("anthropic", "AsyncAnthropicFoundry"): Client(library="anthropic", provider="azure"),
    ("deepagents", "create_deep_agent"): Client(library="langgraph", provider="",
    model_position=0),
    ("agent_framework", "ChatAgent"): AGENT_FRAMEWORK, ("agent_framework", "Agent"):
    AGENT_FRAMEWORK,
    ("azure", "get_openai_client"): AZURE, ("azure", "get_azure_openai_client"): AZURE,
    ("azure", "get_chat_completions_client"): Client(library="azure-ai-inference",
    provider="azure"),
    ("smolagents", "CodeAgent"): SMOLAGENTS, ("smolagents", "ToolCallingAgent"): SMOLAGENTS,
    ("strands", "Agent"): STRANDS, ("xai_sdk", "Client"): XAI, ("xai_sdk", "AsyncClient"): XAI,
    ("instructor", "from_provider"): Client(library="openai", provider="", model_position=0),
    ("haystack", "OpenAIGenerator"): Client(library="haystack", provider="openai"),
    ("haystack", "OpenAIChatGenerator"): Client(library="haystack", provider="openai"),
    ("haystack", "AzureOpenAIChatGenerator"): Client(library="haystack", provider="azure"),
}  # fmt: skip

LANGCHAIN_MODELS: Mapping[str, str] = {
    "ChatOpenAI": "openai", "OpenAI": "openai", "AzureChatOpenAI": "azure", "AzureOpenAI": "azure",
    "ChatAnthropic": "anthropic", "ChatVertexAI": "vertex", "VertexAI": "vertex",
    "ChatAnthropicVertex": "vertex", "ChatGoogleGenerativeAI": "google", "ChatBedrock": "bedrock",
    "ChatBedrockConverse": "bedrock", "BedrockChat": "bedrock", "BedrockLLM": "bedrock",
    "Bedrock": "bedrock", "ChatOllama": "ollama", "OllamaLLM": "ollama", "Ollama": "ollama",
    "ChatGroq": "groq", "ChatMistralAI": "mistral", "ChatCohere": "cohere", "ChatLiteLLM": "",
    "ChatFireworks": "fireworks", "ChatTogether": "together", "ChatHuggingFace": "huggingface",
    "HuggingFaceEndpoint": "huggingface", "ChatDatabricks": "databricks", "ChatNVIDIA": "nvidia",
    "ChatDeepSeek": "deepseek", "ChatXAI": "xai", "ChatPerplexity": "perplexity",
    "ChatOpenRouter": "openrouter", "ChatWatsonx": "watsonx",
}  # fmt: skip
LANGCHAIN = ("langchain", "langgraph")
"""First words of the packages whose objects wrap models: `langchain_core`, `langgraph` ..."""
ENGINES = (".as_query_engine", ".as_chat_engine")
HOLDING_MODELS = (*LANGCHAIN, "llama_index", "deepagents")
LANGCHAIN_CLIENT = Client(
    library="langchain", provider="", model=("model", "model_name", "model_id")
)

STREAM = Method(streaming=True)
PARSE = Method(structured=True)
EMBED = Method(operation=Operation.EMBED)
OTHER = Method(operation=Operation.OTHER)

OPENAI_METHODS: Mapping[str, Method] = {
    "chat.completions.create": Method(), "chat.completions.parse": PARSE,
    "chat.completions.stream": STREAM, "beta.chat.completions.parse": PARSE,
    "beta.chat.completions.stream": STREAM, "responses.create": Method(), "responses.parse": PARSE,
    "responses.stream": STREAM, "completions.create": Method(), "chat.complete": Method(),
    "ChatCompletion.create": Method(), "ChatCompletion.acreate": Method(),
    "Completion.create": Method(), "Embedding.create": EMBED, "embeddings.create": EMBED,
    "moderations.create": Method(operation=Operation.MODERATE),
    "beta.threads.runs.create": Method(), "beta.threads.runs.create_and_poll": Method(),
    "beta.threads.runs.stream": STREAM, "images.generate": OTHER, "images.edit": OTHER,
    "realtime.connect": STREAM, "beta.realtime.connect": STREAM,
    "audio.transcriptions.create": OTHER, "audio.speech.create": OTHER,
    "create": PARSE, "create_partial": PARSE, "create_iterable": PARSE,
    "create_with_completion": PARSE, "chat.completions.create_with_completion": PARSE,
    "chat.completions.create_partial": PARSE, "chat.completions.create_iterable": PARSE,
}  # fmt: skip
GENAI_METHODS: Mapping[str, Method] = {
    "models.generate_content": Method(), "models.generate_content_stream": STREAM,
    "aio.models.generate_content": Method(), "aio.models.generate_content_stream": STREAM,
    "models.embed_content": EMBED, "aio.models.embed_content": EMBED,
    "models.generate_images": OTHER, "aio.models.generate_images": OTHER,
    "chats.create.send_message": Method(), "chats.create.send_message_stream": STREAM,
    "aio.chats.create.send_message": Method(), "aio.chats.create.send_message_stream": STREAM,
    "generate_content": Method(), "generate_content_async": Method(),
    "start_chat.send_message": Method(), "start_chat.send_message_async": Method(),
    "from_pretrained.predict": Method(), "predict": Method(),
    "from_pretrained.get_embeddings": EMBED, "embed_content": EMBED, "aio.live.connect": STREAM,
}  # fmt: skip
RUNNABLE_METHODS: Mapping[str, Method] = {
    "invoke": Method(), "ainvoke": Method(), "stream": STREAM, "astream": STREAM,
    "astream_events": STREAM, "astream_log": STREAM, "batch": Method(), "abatch": Method(),
    "predict": Method(), "apredict": Method(), "run": Method(), "arun": Method(),
    "generate": Method(), "agenerate": Method(), "__call__": Method(), "call": Method(),
    "acall": Method(), "predict_messages": Method(), "abatch_as_completed": Method(),
}  # fmt: skip
LLAMA_METHODS: Mapping[str, Method] = {
    "complete": Method(), "acomplete": Method(), "chat": Method(), "achat": Method(),
    "stream_complete": STREAM, "astream_complete": STREAM, "stream_chat": STREAM,
    "astream_chat": STREAM, "query": Method(), "aquery": Method(), "predict": Method(),
    "apredict": Method(), "structured_predict": PARSE, "astructured_predict": PARSE,
    "run": Method(), "chat_repl": Method(),
}  # fmt: skip
METHODS: Mapping[str, Mapping[str, Method]] = {
    "openai": OPENAI_METHODS, "groq": OPENAI_METHODS, "together": OPENAI_METHODS,
    "anthropic": {
        "messages.create": Method(), "messages.stream": STREAM, "beta.messages.create": Method(),
        "beta.messages.stream": STREAM, "completions.create": Method(), "messages.parse": PARSE,
    },
    "google-genai": GENAI_METHODS, "google-generativeai": GENAI_METHODS, "vertexai": GENAI_METHODS,
    "boto3": {
        "converse": Method(), "converse_stream": STREAM, "invoke_model": Method(),
        "invoke_model_with_response_stream": STREAM, "retrieve_and_generate": Method(),
        "invoke_agent": Method(), "invoke_flow": Method(),
    },
    "mistralai": {
        "chat.complete": Method(), "chat.complete_async": Method(), "chat.stream": STREAM,
        "chat.stream_async": STREAM, "embeddings.create": EMBED, "chat.parse": PARSE,
    },
    "cohere": {"chat": Method(), "chat_stream": STREAM, "generate": Method(), "embed": EMBED},
    "ollama": {"chat": Method(), "generate": Method(), "embeddings": EMBED, "embed": EMBED},
    "huggingface": {
        "chat_completion": Method(), "text_generation": Method(), "feature_extraction": EMBED,
        "chat.completions.create": Method(),
    },
    "litellm": {
        "completion": Method(), "acompletion": Method(), "responses": Method(),
        "aresponses": Method(), "embedding": EMBED, "aembedding": EMBED,
        "text_completion": Method(),
    },
    "pydantic-ai": {
        "run": Method(), "run_sync": Method(), "run_stream": STREAM, "iter": STREAM,
        "run_stream_events": STREAM, "run_stream_sync": STREAM,
    },
    "azure-ai-inference": {"complete": Method()},
    "langchain": RUNNABLE_METHODS, "langgraph": RUNNABLE_METHODS, "llama-index": LLAMA_METHODS,
    "openai-agents": {"run": Method(), "run_sync": Method(), "run_streamed": STREAM},
    "semantic-kernel": {
        "get_chat_message_content": Method(), "get_chat_message_contents": Method(),
        "get_streaming_chat_message_content": STREAM, "get_response": Method(),
        "get_streaming_chat_message_contents": STREAM, "invoke": Method(), "invoke_stream": STREAM,
    },
    "autogen": {
        "create": Method(), "create_stream": STREAM, "run": Method(), "run_stream": STREAM,
        "on_messages": Method(), "on_messages_stream": STREAM,
    },
    "crewai": {"call": Method(), "kickoff": Method(), "kickoff_async": Method()},
    "dspy": {"__call__": Method(), "acall": Method()},
    "haystack": {"run": Method(), "run_async": Method()},
    "agent-framework": {"run": Method(), "run_stream": STREAM},
    "smolagents": {"run": Method(), "__call__": Method()},
    "strands": {
        "__call__": Method(), "invoke_async": Method(), "stream_async": STREAM,
        "structured_output": PARSE, "structured_output_async": PARSE,
    },
    "xai-sdk": {"chat.create.sample": Method(), "chat.create.stream": STREAM,
    "chat.create.parse": PARSE},
}  # fmt: skip

ADDERS = frozenset({"add_component", "add_service"})
"""Where a generator joins a pipeline or kernel that calls it: that stands for the call."""
CALLED_BY_NAME = ("dspy", "strands", "smolagents")
"""Libraries whose objects are called as functions, whatever they are named."""

PLAIN: Mapping[str, tuple[str, Method]] = {
    "litellm.completion": ("litellm", Method()), "litellm.acompletion": ("litellm", Method()),
    "litellm.completion.chat.completions.create": ("litellm", PARSE),
    "litellm.acompletion.chat.completions.create": ("litellm", PARSE),
    **{f"pydantic_ai.direct.{name}": ("pydantic-ai", Method()) for name in (
        "model_request", "model_request_sync")},
    **{f"pydantic_ai.direct.{name}": ("pydantic-ai", STREAM) for name in (
        "model_request_stream", "model_request_stream_sync")},
    "litellm.responses": ("litellm", Method()), "litellm.aresponses": ("litellm", Method()),
    "litellm.embedding": ("litellm", EMBED), "litellm.aembedding": ("litellm", EMBED),
    "ollama.chat": ("ollama", Method()), "ollama.generate": ("ollama", Method()),
    "agents.Runner.run": ("openai-agents", Method()),
    "agents.Runner.run_sync": ("openai-agents", Method()),
    "agents.Runner.run_streamed": ("openai-agents", STREAM),
    "cohere.chat": ("cohere", Method()),
    "prompty.execute": ("prompty", Method()), "prompty.execute_async": ("prompty", Method()),
    **{f"google.adk.{name}": ("google-adk", Method()) for name in (
        "Agent", "agents.Agent", "agents.LlmAgent", "agents.llm_agent.Agent",
        "agents.llm_agent.LlmAgent", "evaluation.AgentEvaluator.evaluate",
        "evaluation.agent_evaluator.AgentEvaluator.evaluate",
        "evaluation.agent_evaluator.AgentEvaluator.evaluate_eval_set",
    )},
}  # fmt: skip
"""Functions of a library's own module. The server of google.adk calls its agents itself: where an
agent is built stands for the call, as whatever is stated is stated there."""

BEDROCK_SERVICES = frozenset({"bedrock-runtime", "bedrock-agent-runtime", "bedrock"})
BOTO_FACTORIES = frozenset({
    "boto3.client", "boto3.Session.client", "boto3.session.Session.client",
    "aioboto3.Session.client", "aiobotocore.session.get_session.create_client",
})  # fmt: skip

PASS_BY = frozenset({
    "with_options", "with_raw_response", "with_streaming_response", "copy", "__aenter__",
    "__enter__",
})  # fmt: skip
"""Steps between a client and its method that change settings only."""

MODEL_PREFIXES: Mapping[str, str] = {
    "openai": "openai", "azure": "azure", "anthropic": "anthropic", "vertex_ai": "vertex",
    "google_vertexai": "vertex", "google-vertex": "vertex", "google_genai": "google",
    "google-gla": "google", "gemini": "google", "bedrock": "bedrock", "groq": "groq",
    "mistral": "mistral", "ollama": "ollama", "openrouter": "openrouter", "cohere": "cohere",
    "together_ai": "together", "bedrock_converse": "bedrock", "azure_openai": "azure",
}  # fmt: skip
MODEL_WORDS: Mapping[str, str] = {
    "gpt-": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "claude": "anthropic",
    "gemini": "google", "command": "cohere", "mistral": "mistral",
}  # fmt: skip

PROVIDER_HOSTS: Mapping[str, str] = {
    "api.openai.com": "openai", "openai.azure.com": "azure", "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google", "aiplatform.googleapis.com": "vertex",
    "bedrock-runtime": "bedrock", "api.mistral.ai": "mistral", "api.groq.com": "groq",
    "api.cohere.": "cohere", "openrouter.ai": "openrouter", "api.together.xyz": "together",
    "api.deepseek.com": "deepseek", "api.perplexity.ai": "perplexity", "api.x.ai": "xai",
}  # fmt: skip
PROVIDER_PATHS: Mapping[str, str] = {
    "/chat/completions": "", "/v1/messages": "anthropic", ":generateContent": "",
    ":streamGenerateContent": "", "/v1/responses": "openai", "/v1/completions": "",
    "/api/generate": "ollama", "/api/chat": "",
}  # fmt: skip
SESSION_PATHS = ("/v1/realtime/calls", "/v1/realtime/sessions", "/v1/realtime/client_secrets")
"""Where a session of speech is asked for, in which a model is then spoken with."""
HTTP_VERBS = frozenset({"post", "request", "stream", "send"})
HTTP_LIBRARIES = ("httpx", "requests", "aiohttp", "urllib3")

METHOD_NAMES = (
    ADDERS
    | frozenset(path.rpartition(".")[2] for table in METHODS.values() for path in table)
    | frozenset(name.rpartition(".")[2] for name in PLAIN)
)
"""Last names of every method above: other calls need no following."""

SAFETY_MODELS = Pattern(
    r"(?i)llama-?guard|shield-?gemma|prompt-?guard|granite-?guardian|wild-?guard|-moderation"
)
"""Models that were made to judge a text, and answer nobody's questions."""
EMBEDDING_MODELS = Pattern(r"(?i)(^|[./:_-])embed(ding)?s?([./:_-]|$)")
"""Models that give figures for a text: `amazon.titan-embed-text-v2:0`, `cohere.embed-v4`."""


def operation_of(method: Method, model: str) -> Operation:
    """What a call asks for: by a model that only judges or measures, and by the method."""
    if SAFETY_MODELS.search(model):
        return Operation.MODERATE
    if method.operation is Operation.GENERATE and EMBEDDING_MODELS.search(model):
        return Operation.EMBED
    return method.operation
