"""TypeScript and JavaScript: model calls are recognised, so that nothing is failed in silence."""

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter
import tree_sitter_typescript

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.nesting import too_deep_at
from tenken.readiness.facts.code import ForeignCall
from tenken.readiness.facts.tree import EntryKind, Role, Tree

TYPESCRIPT = tree_sitter.Language(tree_sitter_typescript.language_typescript())
TSX = tree_sitter.Language(tree_sitter_typescript.language_tsx())
CALLED = "(call_expression function: (_) @name) (new_expression constructor: (_) @new)"
SUFFIXES = frozenset({".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts"})
LIBRARIES = (
    ("@ai-sdk/", "ai-sdk"), ("@anthropic-ai/", "anthropic"), ("@google/genai", "google-genai"),
    ("@google/generative-ai", "google-generativeai"), ("@google-cloud/vertexai", "vertexai"),
    ("@aws-sdk/client-bedrock", "bedrock"), ("@langchain/", "langchain"),
    ("langchain", "langchain"),
    ("llamaindex", "llama-index"), ("openai", "openai"), ("groq-sdk", "groq"),
    ("ollama", "ollama"),
    ("@mistralai/", "mistralai"), ("@mastra/", "mastra"), ("@openai/agents", "openai-agents"),
    ("genkit", "genkit"), ("cohere-ai", "cohere"), ("ai", "ai-sdk"),
)  # fmt: skip
IMPORT = Pattern(r"""(?:from\s+|require\(\s*|import\(\s*|import\s+)["']([@\w./-]+)["']""")
CALLS = frozenset({
    "generateText", "streamText", "generateObject", "streamObject", "generateContent",
    "generateContentStream", "sendMessage", "sendMessageStream", "invoke", "stream", "converse",
    "send",
    "embed", "embedMany",
})  # fmt: skip
CREATES = ("completions.create", "completions.parse", "completions.stream", "messages.create",
    "messages.stream",
           "responses.create", "responses.parse", "responses.stream", "embeddings.create",
           "chat.complete",
           "ChatCompletion")  # fmt: skip
MAX_BYTES = 400_000
MAX_NAMES = 5_000
MAX_BRACKETS = 500
MAX_DEPTH = 300


def foreign_calls(tree: Tree) -> Iterator[ForeignCall]:
    """Give the model calls of production TypeScript and JavaScript."""
    for entry in tree.entries:
        if (
            entry.suffix not in SUFFIXES
            or entry.kind is not EntryKind.FILE
            or entry.role is not Role.PRODUCTION
        ):
            continue
        if entry.size > MAX_BYTES or entry.name.endswith(".d.ts"):
            continue
        text = tree.text(entry.path)
        if isinstance(text, str) and (library := _library(text)):
            yield from _calls(entry.path, text, library)


def _library(text: str) -> str:
    for source in IMPORT.findall(text):
        for prefix, library in LIBRARIES:
            if (
                source == prefix.rstrip("/")
                or source.startswith(prefix if prefix.endswith("/") else f"{prefix}/")
                or (prefix.startswith("@") and source.startswith(prefix))
            ):
                return library
    return ""


def _calls(path: str, text: str, library: str) -> Iterator[ForeignCall]:
    kind = "TypeScript" if "ts" in path.rpartition(".")[2] else "JavaScript"
    if (line := too_deep_at(text, MAX_BRACKETS)) is not None:
        # A file that uses the library and cannot be read must not pass for one without calls.
        yield ForeignCall(place=Place(path, line), language=kind, library=library)
        return
    for node in _names(path, text):
        name = (node.text or b"").decode("utf-8", "replace")
        if (
            name in CALLS
            or name.endswith(CREATES)
            or ("." in name and name.rpartition(".")[2] in CALLS and len(name) < 200)
        ):
            yield ForeignCall(
                place=Place(path, node.start_point.row + 1), language=kind, library=library
            )


@lru_cache(maxsize=2)
def _query(language: tree_sitter.Language) -> tree_sitter.Query:
    """Made where the first such file is found: it takes longer than most files."""
    return tree_sitter.Query(language, CALLED)


def _names(path: str, text: str) -> list[tree_sitter.Node]:
    """Give what is called, from the top; captures come in any order."""
    language = TSX if path.endswith("x") else TYPESCRIPT
    parsed = tree_sitter.Parser(language).parse(text.encode("utf-8", "surrogatepass"))
    cursor = tree_sitter.QueryCursor(_query(language))
    cursor.set_max_start_depth(MAX_DEPTH)
    found = cursor.captures(parsed.root_node).get("name", [])
    return sorted(found, key=lambda node: node.start_byte)[:MAX_NAMES]
