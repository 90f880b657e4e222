"""The words that break the proof: packages, modules, programs, settings that may reach a model."""

from tenken.pattern import Pattern, escape

MODEL_PACKAGES = (
    "openai", "anthropic", "google-genai", "google-generativeai", "google-cloud-aiplatform",
    "google-adk", "vertexai", "litellm", "langchain", "langgraph", "langserve", "llama-index",
    "ollama", "cohere", "groq", "mistralai", "together", "fireworks-ai", "replicate", "ai21",
    "huggingface-hub", "transformers", "sentence-transformers", "vllm", "llama-cpp-python",
    "xllamacpp", "ctransformers", "gpt4all", "mlx-lm", "pydantic-ai", "instructor", "azure-ai",
    "promptflow", "dspy", "haystack-ai", "semantic-kernel", "autogen", "crewai", "guidance",
    "smolagents", "strands-agents", "agno", "mirascope", "outlines", "marvin", "magentic",
    "aisuite", "portkey-ai", "dashscope", "zhipuai", "qianfan", "xai-sdk", "cerebras-cloud-sdk",
    "ai", "@ai-sdk", "@anthropic-ai", "@google", "@langchain", "@mistralai", "@openai",
)  # fmt: skip
"""Packages that call models, or hold one; a name begins so, up to a dash or its end."""
MODEL_MODULES = (
    "openai", "anthropic", r"google\.genai", "genai", "generativeai", r"google\.adk", "aiplatform",
    "vertexai", "litellm", r"langchain\w*", r"langgraph\w*", "langserve", "llama_index", "ollama",
    "cohere", "groq", "mistralai", "together", "fireworks", "replicate", "ai21",
    "huggingface_hub", "transformers", "sentence_transformers", "vllm", "llama_cpp", "xllamacpp",
    "ctransformers", "gpt4all", "mlx_lm", "pydantic_ai", "instructor", r"azure\.ai", "promptflow",
    "agents", "dspy", "haystack", "semantic_kernel", r"autogen\w*", "crewai", "guidance",
    "smolagents", "strands", "agno", "mirascope", "outlines", "marvin", "magentic", "aisuite",
    "portkey_ai", "dashscope", "zhipuai", "qianfan", "xai_sdk",
)  # fmt: skip
NETWORK_MODULES = (
    "requests", "httpx", "aiohttp", "urllib3", r"urllib\.request",
    r"urllib[ \t]+import[^\n]*request",
    r"http\.client", "httplib2", "pycurl", r"websockets?", "grpc", "socket", "boto3", "botocore",
    "aioboto3", "aiobotocore", "googleapiclient", r"google\.auth", "niquests", "treq", "tornado",
    "paramiko", "fabric", "ctypes", "cffi",
)  # fmt: skip
"""With a client for anything at all, where it goes may be a setting: no proof from here."""
IMPORTS = Pattern(
    r"(?m)(?:^|;)[ \t]*(?:import|from)[ \t][^\n#]*\b(?:"
    + "|".join((*MODEL_MODULES, *NETWORK_MODULES))
    + r")\b"
)
CONNECTIONS = Pattern(
    r"(?:\.|(?m:^)[ \t]*from[ \t][^\n#]*import[^\n#]*)"
    r"\b(?:open_connection|create_connection|open_unix_connection)\b"
)
STARTED = Pattern(r"\b(?:subprocess|os\.system|os\.popen|os\.exec\w+|os\.spawn\w+|pty)\b")
STARTERS = Pattern(r"(?m)(?:^|;)[ \t]*(?:import|from)[ \t][^\n#]*\b(?:subprocess|os|pty)\b")
REACHING_PROGRAMS = Pattern(
    r"""["'\s](?:curl|wget|http|https|ollama|llm|llama-cli|node|npx|deno|bun|java|ssh|nc|aws|"""
    r"""gcloud|docker)[\s"']"""
)

PAGES = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".html", ".htm",
                   ".jinja", ".jinja2", ".j2", ".svg"})  # fmt: skip
"""May be read in a browser; without any of the words below they reach nothing."""
REACHING_WORDS = Pattern(
    r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import|importScripts|require|"
    r"eval|Function|Worker|axios|ajax|src|formaction)\b|hx-(?:get|post|put)|process\.env"
)
SHELLS = frozenset({".sh", ".bash", ".zsh", ".fish"})
REACHING_LINES = Pattern(r"\b(?:curl|wget|ncat|nc|socat|ollama|llm|xh)\b|https?://")
FOREIGN = frozenset({
    ".go", ".java", ".kt", ".kts", ".scala", ".groovy", ".clj", ".rb", ".rs", ".php", ".cs", ".fs",
    ".vb", ".swift", ".m", ".mm", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".lua", ".ex", ".exs",
    ".erl", ".dart", ".r", ".jl", ".pl", ".pm", ".vue", ".svelte", ".astro", ".ipynb", ".pyx",
    ".pyc", ".so", ".jar", ".war", ".whl", ".exe", ".dll", ".wasm", ".ps1", ".psm1", ".bat",
    ".cmd", ".nim", ".zig", ".hs", ".ml", ".elm", ".cshtml", ".coffee", ".rmd", ".qmd",
    ".bal", ".zip",
})  # fmt: skip
"""Languages and compiled files that are not read here."""
PROSE = frozenset({".md", ".mdx", ".rst", ".txt", ".adoc", ".csv", ".tsv", ".po", ".css"})
SETTINGS = Pattern(
    r"(?i)\b(?:openai|azure_openai|anthropic|claude|gemini|cohere|mistral|groq|openrouter|litellm|"
    r"llm|bedrock|vertex|ollama|huggingface|hf|model)_?\w*_"
    r"(?:api_key|key|token|base_url|api_base|url|endpoint|host|deployment)\b"
    r"|api\.openai\.com|openai\.azure\.com|api\.anthropic\.com|generativelanguage\.googleapis"
    r"|aiplatform\.googleapis|bedrock-runtime|api\.mistral\.ai|api\.groq\.com|api\.cohere\."
    r"|openrouter\.ai|/chat/completions|(?:ollama|litellm|vllm|text-generation-inference)[/:]"
)
"""Addresses and keys of a provider among settings, and servers of models among images."""
INSTALLERS = ("dockerfile", "containerfile", "setup.py", "setup.cfg", "environment.yml",
              "environment.yaml", "conda.yaml")  # fmt: skip
NAMED_PACKAGES = Pattern(
    r"(?im)(?:^|[\s\"'])(?:"
    + "|".join(escape(it) for it in MODEL_PACKAGES if it != "ai")
    + r")(?:[\s\"'=<>~\[,\\;-]|$)"
)
