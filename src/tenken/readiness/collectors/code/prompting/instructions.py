"""Where a model is given instructions: messages, keywords of calls, templates of a framework."""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.readiness.collectors.code.models.calls import Calls
from tenken.readiness.collectors.code.models.clients import Used
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, entry, last_name, written
from tenken.readiness.collectors.python.values import Chain, Made, Thing, Value

INSTRUCTION_KEYWORDS = frozenset({
    "system", "system_instruction", "instructions", "instruction", "global_instruction",
    "static_instruction", "system_prompt", "system_message", "state_modifier",
})  # fmt: skip
ANYWHERE = frozenset({"system_prompt", "system_instruction", "text_qa_template"})
"""Keywords that mean instructions whatever is called, as long as it is a library's."""
OF_CLASS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("crewai", "Agent"): ("goal", "backstory", "system_template"),
    ("crewai", "Task"): ("description",),
    ("google", "GlobalInstructionPlugin"): ("global_instruction",),
    ("semantic_kernel", "KernelFunctionFromPrompt"): ("prompt",),
    ("haystack", "PromptBuilder"): ("template",),
}
"""What else a library calls its instructions."""
UNNAMED = frozenset({"GlobalInstructionPlugin", "PromptBuilder"})
"""Those whose first argument they are."""
GIVERS = frozenset({"system_prompt", "instructions"})
"""`@agent.instructions` stands on a function that gives them."""
REQUEST_KEYS = frozenset({"system", "systemInstruction", "system_instruction"})
BESIDE_THEM = frozenset({"messages", "contents", "modelId", "model", "inferenceConfig"})
"""A dictionary with one of these beside the system's text is a request to a model."""
GENERATED = frozenset({"model", "prompt", "stream"})
"""What a request to `/api/generate` of Ollama holds, where it is told not to stream."""
SYSTEM_ROLES = frozenset({"system", "developer"})
USER_ROLES = frozenset({"user", "human"})
MESSAGE_CLASSES = frozenset({"SystemMessage", "SystemMessagePromptTemplate", "from_system"})
SINGLE_TEXT = frozenset({"generate_content", "generate_content_async", "generate_content_stream",
    "complete",
                         "acomplete", "invoke", "ainvoke", "stream", "astream", "predict",
                         "send_message", "run",
                         "run_sync", "generate"})  # fmt: skip
KEYWORD_TAKERS = frozenset({
    "Agent", "LlmAgent", "GenerateContentConfig", "GenerativeModel", "AssistantAgent",
    "ChatCompletionAgent", "FunctionAgent", "ReActAgent", "create_deep_agent",
})  # fmt: skip
AGENT_MAKERS = frozenset({
    "create_agent", "create_react_agent", "create_tool_calling_agent", "create_xml_agent",
    "create_structured_chat_agent", "create_json_chat_agent", "create_openai_functions_agent",
    "create_openai_tools_agent", "LLMChain",
})  # fmt: skip
TEMPLATES = frozenset({"from_template", "PromptTemplate"})
PULLED = frozenset({"pull", "pull_prompt"})
"""What a registry gives out has roles of its own."""


class Instruction(Struct, frozen=True):
    """An expression that becomes instructions, and whether it is also all the user's input."""

    node: ast.expr
    scope: Function
    is_system: bool


class Instructions:
    """Finds them in a module."""

    def __init__(self, follower: Follower, calls: Calls) -> None:
        self._follower = follower
        self._calls = calls

    def of(self, module: Module) -> Iterator[Instruction]:
        """Give the instructions of a module."""
        for node in module.kinds[ast.Dict]:
            if isinstance(node, ast.Dict):
                for text, is_system in _in_dictionary(node):
                    yield Instruction(text, _scope(node, module), is_system=is_system)
        for call, scope in module.scopes.items():
            if isinstance(call, ast.Call):
                yield from self._of_call(call, scope)
        for function in module.functions:
            if any(self._gives(one, function) for one in function.decorators):
                yield from (Instruction(one, function, is_system=True) for one in function.returns)

    def _gives(self, decorator: ast.expr, function: Function) -> bool:
        """`@agent.system_prompt` or `@agent.instructions(...)` of an agent that is known."""
        made = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not (isinstance(made, ast.Attribute) and made.attr in GIVERS):
            return False
        agents = self._follower.values(made.value, function.outer or function.module.top)
        return any(
            isinstance(one, Made) and one.dotted.startswith("pydantic_ai") for one in agents
        )

    def _of_call(self, call: ast.Call, scope: Function) -> Iterator[Instruction]:
        name = last_name(call.func)
        if name in MESSAGE_CLASSES or (name == "from_template" and "System" in written(call.func)):
            node = argument(call, "text" if name == "from_system" else "content", 0)
            if node is not None:
                yield Instruction(node, scope, is_system=True)
        elif (message := _message(call)) is not None:
            yield Instruction(message[0], scope, is_system=message[1])
        elif name in {"from_messages", "ChatPromptTemplate"}:
            yield from _of_pairs(argument(call, "messages", 0), scope)
        elif used := self._calls.used(call, scope):
            yield from _of_model_call(call, scope, used)
        else:
            yield from self._of_library(call, scope)

    def _of_library(self, call: ast.Call, scope: Function) -> Iterator[Instruction]:
        """Agents, plug-ins and engines that are given their instructions when they are built."""
        name = last_name(call.func)
        if name in KEYWORD_TAKERS | AGENT_MAKERS:
            yield from _by_keyword(call, scope)
            if name in AGENT_MAKERS and (given := _handed_over(call)) is not None:
                of_graph = self._is_of(call, scope, "langgraph")
                is_system = of_graph or isinstance(given, ast.Constant)
                yield Instruction(given, scope, is_system=is_system)
        elif self._is_told(call, scope):
            yield from _by_keyword(call, scope, ANYWHERE)
        for (top, of), names in OF_CLASS.items():
            if of == name and self._is_of(call, scope, top):
                texts = (argument(call, one, 0 if of in UNNAMED else None) for one in names)
                yield from (
                    Instruction(text, scope, is_system=True) for text in texts if text is not None
                )

    def _is_told(self, call: ast.Call, scope: Function) -> bool:
        """Something of a library; what a function of the repository is given is followed."""
        told = any(one.arg in ANYWHERE for one in call.keywords)
        return told and not self._follower.functions(call.func, scope)

    def _is_of(self, call: ast.Call, scope: Function, top: str) -> bool:
        values = self._follower.values(call.func, scope)
        return any(isinstance(one, Thing) and one.dotted.startswith(top) for one in values)


def _of_model_call(
    call: ast.Call, scope: Function, used: tuple[Used, ...]
) -> Iterator[Instruction]:
    yield from _by_keyword(call, scope)
    for one in used:
        if one.built is not None:
            yield from _by_keyword(one.built.call, one.built.scope)
            if last_name(one.built.call.func) in AGENT_MAKERS:
                given = _handed_over(one.built.call)
                if given is not None:
                    of_graph = one.built.dotted.startswith("langgraph")  # its text is the system's
                    is_system = of_graph or isinstance(given, ast.Constant)
                    yield Instruction(given, one.built.scope, is_system=is_system)
        yield from _piped(one)
    if last_name(call.func) in SINGLE_TEXT:
        text = argument(call, "contents", 0) or argument(call, "input") or argument(call, "prompt")
        if text is not None and not _opens_with_system(text, scope):
            yield Instruction(text, scope, is_system=False)


def _opens_with_system(node: ast.expr, scope: Function) -> bool:
    """A list of messages, each with a role of its own, is no text of the user."""
    if isinstance(node, ast.Name):
        return any(
            _opens_with_system(one.value, scope)
            for one in scope.assigned.get(node.id, ())
            if not one.is_item and not isinstance(one.value, ast.Name)
        )
    first = node.elts[0] if isinstance(node, ast.List | ast.Tuple) and node.elts else None
    return isinstance(first, ast.Call) and last_name(first.func) in MESSAGE_CLASSES


def _handed_over(call: ast.Call) -> ast.expr | None:
    """The prompt of an agent or a chain: `create_react_agent(llm, tools, prompt)`."""
    return argument(call, "prompt", 2)


def _piped(used: Used) -> Iterator[Instruction]:
    """`PromptTemplate.from_template(...) | llm`: one text, the user's input filled in."""
    for outer in used.wrapped_by:
        for part in _parts(outer):
            if isinstance(part, Made) and part.dotted.rpartition(".")[2] in TEMPLATES:
                text = argument(part.call, "template", 0)
                if text is not None:
                    yield Instruction(text, part.scope, is_system=False)
            elif isinstance(part, Made) and part.dotted.rpartition(".")[2] in PULLED:
                yield Instruction(part.call, part.scope, is_system=True)


def _parts(value: Value) -> Iterator[Value]:
    """The links of a chain; `a | b | c` is a chain of a chain and `c`."""
    for part in value.parts if isinstance(value, Chain) else ():
        yield part
        yield from _parts(part)


def _scope(node: ast.AST, module: Module) -> Function:
    for above in module.above(node):
        if above in module.scopes and isinstance(
            above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ):
            return module.scopes[above]
    return module.top


def _in_dictionary(node: ast.Dict) -> Iterator[tuple[ast.expr, bool]]:
    """The text of a message, or the system's text of a whole request."""
    pairs = {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
    }
    said = _said(pairs.get("role"), pairs.get("content"))
    if said is not None:
        yield said
    if BESIDE_THEM & pairs.keys():
        yield from (
            (text, True)
            for key in sorted(REQUEST_KEYS & pairs.keys())
            for text in _parts_of_gemini(pairs[key])
        )
    if "contents" in pairs:  # of Gemini, as it is sent: who speaks may be left out
        contents = pairs["contents"]
        for one in contents.elts if isinstance(contents, ast.List) else ():
            if isinstance(one, ast.Dict) and entry(one, "role") is None:
                yield from ((text, False) for text in _parts_of_gemini(one))
    if pairs.keys() >= GENERATED:  # of Ollama
        yield pairs["prompt"], False


def _parts_of_gemini(node: ast.expr) -> list[ast.expr]:
    """`{"parts": [{"text": ...}]}`; any other text is itself."""
    parts = entry(node, "parts")
    if parts is None:
        return [node]
    given = parts.elts if isinstance(parts, ast.List | ast.Tuple) else [parts]
    return [text for one in given if (text := entry(one, "text")) is not None]


def _message(call: ast.Call) -> tuple[ast.expr, bool] | None:
    """A message as an object: `ChatMessage(role="system", content=...)`."""
    return _said(argument(call, "role"), argument(call, "content"))


def _said(role: ast.expr | None, content: ast.expr | None) -> tuple[ast.expr, bool] | None:
    if role is None or content is None:
        return None
    told = role.value if isinstance(role, ast.Constant) else last_name(role).lower()
    if told in SYSTEM_ROLES:
        return content, True
    return (content, False) if told == "user" else None


def _of_pairs(node: ast.expr | None, scope: Function) -> Iterator[Instruction]:
    for element in node.elts if isinstance(node, ast.List | ast.Tuple) else ():
        match element:
            case ast.Tuple(elts=[ast.Constant(value=str() as role), text]):
                if role in SYSTEM_ROLES | USER_ROLES:
                    yield Instruction(text, scope, is_system=role in SYSTEM_ROLES)
            case _:
                pass


def _by_keyword(
    call: ast.Call, scope: Function, wanted: frozenset[str] = INSTRUCTION_KEYWORDS
) -> Iterator[Instruction]:
    for keyword in call.keywords:
        if keyword.arg in wanted:
            yield Instruction(keyword.value, scope, is_system=True)
        elif keyword.arg == "config" and isinstance(keyword.value, ast.Call):
            yield from _by_keyword(keyword.value, scope, wanted)
        elif keyword.arg == "config" and isinstance(keyword.value, ast.Dict):
            for key, text in zip(keyword.value.keys, keyword.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in wanted:
                    yield Instruction(text, scope, is_system=True)
