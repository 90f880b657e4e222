"""The instructions that models are given: where their text is kept, and what is mixed into it."""

import ast
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.models.calls import Calls
from tenken.readiness.collectors.code.prompting.entries import Entries, key_of
from tenken.readiness.collectors.code.prompting.files import PromptFiles
from tenken.readiness.collectors.code.prompting.instructions import Instruction, Instructions
from tenken.readiness.collectors.code.prompting.parts import parts_of
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.sources import Source, Sources
from tenken.readiness.collectors.python.syntax import (
    argument,
    last_name,
    own_nodes,
    pieces_of,
    written,
)
from tenken.readiness.collectors.python.taint import Taint
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Mixing, Prompt, PromptSource

TEMPLATE_METHODS = frozenset({"format", "format_map", "replace", "substitute", "safe_substitute",
    "render", "compile",
                              "invoke", "format_prompt", "partial",
                              "format_messages", "to_messages", "to_string"})  # fmt: skip
FILLED = frozenset({"format", "substitute", "safe_substitute"})
FROM_TEMPLATE = frozenset(
    {"from_template", "PromptTemplate", "ChatPromptTemplate", "Template", "PromptTemplateModel"}
)
READERS = frozenset({"read_text", "read", "readlines", "safe_load", "load", "get_template",
    "open", "from_file",
                     "load_prompt_file", "load_template", "from_string", "joinpath"})  # fmt: skip
TABLES = frozenset(
    {"execute", "query", "fetchone", "fetchrow", "scalar", "find_one", "get_or_create", "filter"}
)
MAX_DEPTH, SHORT = 5, 25
"""Steps from one text to the next, and how many characters are no instruction yet."""
HASH = Pattern(r":[0-9a-f]{6,64}$")
NUMBER = Pattern(r"/\d+$")
FILE_NAME = Pattern(r"[\w./-]+\.(?:md|txt|prompt|prompty|ya?ml|j2|jinja2?|json|tmpl)$")


class Prompts:
    """Finds instructions, their sources, and what is mixed in."""

    def __init__(self, reading: Reading, calls: Calls, taint: Taint) -> None:
        self._follower = reading.follower
        self._sources = Sources(reading.follower)
        self._files = PromptFiles(reading.tree.entries, self._sources)
        self._entries = Entries(self._sources, self._files)
        self._calls = calls
        self._taint = taint
        self._instructions = Instructions(reading.follower, calls)

    def of(self, modules: Iterable[Module]) -> tuple[tuple[Prompt, ...], tuple[Mixing, ...]]:
        """Give the prompts and mixings of modules, each place once."""
        prompts: dict[object, Prompt] = {}
        mixings: dict[object, Mixing] = {}
        for module in modules:
            for instruction in self._instructions.of(module):
                for source in self._texts(instruction):
                    for prompt in self._described(source):
                        told = replace(prompt, in_user_role=not instruction.is_system)
                        prompts.setdefault((prompt.place, prompt.source), told)
                    for mixing in self._mixed(source, instruction):
                        mixings.setdefault(mixing.place, mixing)
                for mixing in self._grown(instruction):
                    mixings.setdefault(mixing.place, mixing)
            for mixing in self._joined(module):
                mixings.setdefault(mixing.place, mixing)
        return tuple(prompts.values()), tuple(mixings.values())

    def _texts(self, instruction: Instruction) -> Iterator[Source]:
        """Where the text is written; a function in its place is asked what it gives."""
        for node, scope in self._sources.of(instruction.node, instruction.scope):
            functions = (
                self._follower.functions(node, scope)
                if isinstance(node, ast.Name | ast.Attribute)
                else ()
            )
            for function in functions:
                yield from ((value, function) for value in function.returns)
            if not functions:
                yield node, scope

    # -------------------------------------------------------------- sources

    def _described(self, source: Source, depth: int = 0) -> Iterator[Prompt]:
        node, scope = source
        if depth > MAX_DEPTH:
            return
        place = scope.module.place(node)
        match node:
            case ast.Constant(value=str() as text):
                if len(text.strip()) >= SHORT:
                    yield Prompt(place=place, source=self._kept(scope.module), length=len(text),
                                 name=_named(node, scope), is_template="{" in text)  # fmt: skip
            case ast.JoinedStr() | ast.BinOp():
                yield from self._composed(node, scope, depth)
            case ast.Call():
                yield from self._called(node, scope, depth)
            case ast.Subscript(value=base):
                yield from self._entry(node, base, scope)
            case _:
                return

    def _entry(self, node: ast.expr, base: ast.expr, scope: Function) -> Iterator[Prompt]:
        if self._entries.are_kept(base, scope):
            place = scope.module.place(node)
            yield Prompt(place=place, source=PromptSource.FILE, name=key_of(node))

    def _composed(self, node: ast.expr, scope: Function, depth: int) -> Iterator[Prompt]:
        pieces = pieces_of(node)
        if pieces is None:
            yield from self._each(self._sides(node, scope), depth)
            return
        fixed = sum(
            len(one.value)
            for one in pieces
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        )
        if fixed >= SHORT:
            yield Prompt(place=scope.module.place(node), source=self._kept(scope.module),
                length=fixed,
                         name=_named(node, scope), is_composed=not all(
                             isinstance(one, ast.Constant) for one in pieces))  # fmt: skip
        for piece in pieces:
            if not isinstance(piece, ast.Constant):
                found = [
                    one
                    for one in self._each(self._sources.of(piece, scope), depth)
                    if one.source is not PromptSource.UNKNOWN
                ]
                yield from found

    def _sides(self, node: ast.expr, scope: Function) -> Iterator[Source]:
        """The text of `text % fields`, and the calls in a sum of lists of messages."""
        match node:
            case ast.BinOp(left=left, op=ast.Mod()):
                yield from self._sources.of(left, scope)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found = (*self._sources.of(left, scope), *self._sources.of(right, scope))
                yield from (one for one in found if isinstance(one[0], ast.Call))
            case _:
                return

    def _each(self, sources: Iterable[Source], depth: int) -> Iterator[Prompt]:
        for source in sources:
            if not isinstance(source[0], ast.BinOp | ast.JoinedStr):
                yield from self._described(source, depth + 1)

    def _called(self, node: ast.Call, scope: Function, depth: int) -> Iterator[Prompt]:
        name = last_name(node.func)
        place = scope.module.place(node)
        if (registry := self._registry(node, scope)) is not None:
            yield registry
        elif name in TEMPLATE_METHODS and isinstance(node.func, ast.Attribute):
            yield from self._filled(node, node.func.value, scope, depth)
        elif (text := _carried(node, name)) is not None:
            yield from self._each(self._sources.of(text, scope), depth)
        elif name in READERS:
            yield Prompt(place=place, source=self._read(node, scope), name=_file_named(node))
        elif name in TABLES:
            yield Prompt(place=place, source=PromptSource.DATABASE, name=name)
        elif name == "get" and isinstance(node.func, ast.Attribute):
            yield from self._entry(node, node.func.value, scope)
        elif name == "join" and node.args:
            yield from self._gathered(node, scope, depth)

    def _gathered(self, node: ast.Call, scope: Function, depth: int) -> Iterator[Prompt]:
        """Every text that is joined; what is put between them by chance makes it composed."""
        parts = parts_of(node.args[0], scope) or tuple(
            one for one in walk(node.args[0]) if isinstance(one, ast.Constant | ast.JoinedStr)
        )
        sources = [source for part in parts for source in self._sources.of(part, scope)]
        found = [prompt for one in sources for prompt in self._described(one, depth + 1)]
        yield from found
        open_ = any(not isinstance(one, ast.Constant | ast.JoinedStr) for one, _ in sources)
        if open_ and any(one.length >= SHORT for one in found):
            yield Prompt(place=scope.module.place(node), source=self._kept(scope.module),
                         length=SHORT, name=_named(node, scope), is_composed=True)  # fmt: skip

    def _read(self, node: ast.Call, scope: Function) -> PromptSource:
        """Whether what is read is kept here; a path of which nothing is written leads anywhere."""
        if self._files.is_absent(node, scope):
            return PromptSource.ABSENT
        return PromptSource.FILE if self._files.is_written(node, scope) else PromptSource.UNKNOWN

    def _filled(
        self, node: ast.Call, text: ast.expr, scope: Function, depth: int
    ) -> Iterator[Prompt]:
        """A template with its fields; one whose text is kept elsewhere shows only its fields."""
        found = list(self._each(self._sources.of(text, scope), depth))
        yield from found
        if not found and node.keywords and last_name(node.func) in FILLED:
            place = scope.module.place(node)
            name = _named(node, scope)
            yield Prompt(place=place, source=PromptSource.UNKNOWN, name=name, is_template=True)

    def _registry(self, node: ast.Call, scope: Function) -> Prompt | None:
        dotted = " ".join(self._follower.dotted(node.func, scope))
        name = last_name(node.func)
        place = scope.module.place(node)
        first = node.args[0] if node.args else argument(node, "name")
        label = str(first.value) if isinstance(first, ast.Constant) else ""
        if name == "get_prompt" and (
            "langfuse" in dotted or argument(node, "label") or argument(node, "version")
        ):
            pinned = argument(node, "version") is not None
        elif name in {"pull", "pull_prompt"} and ("langchain" in dotted or "langsmith" in dotted):
            pinned = bool(HASH.search(label))
        elif name == "load_prompt" and "mlflow" in dotted:
            pinned = bool(NUMBER.search(label)) or argument(node, "version") is not None
        else:
            return None
        source = PromptSource.REGISTRY_PINNED if pinned else PromptSource.REGISTRY_FLOATING
        return Prompt(place=place, source=source, name=label or name)

    def _kept(self, module: Module) -> PromptSource:
        """A module of prompts has a history of its own; a string among code has not."""
        parts = module.path.lower().removesuffix(".py").split("/")
        named = "prompt" in parts[-1] or (len(parts) > 1 and "prompt" in parts[-2])
        named = named or _is_mostly_text(module)
        busy = any(
            self._calls.used(call, scope)
            for call, scope in module.scopes.items()
            if isinstance(call, ast.Call)
        )
        return PromptSource.MODULE if named and not busy else PromptSource.INLINE

    # --------------------------------------------------------------- mixing

    def _mixed(self, source: Source, instruction: Instruction) -> Iterator[Mixing]:
        node, scope = source
        for how, parts, at in self._inserted(node, scope):
            fixed = self._fixed_length(node, scope)
            if not (instruction.is_system or fixed >= SHORT or _labels(node, parts)):
                continue  # the user's text alone
            found = (self._taint.origin(part, at) for part in parts)
            origin = next((one for one in found if one is not None), None)
            several = not instruction.is_system and _labels(node, parts)
            if origin is not None or several:  # two texts under labels, whoever wrote them
                yield Mixing(
                    place=at.module.place(node),
                    value=origin.name if origin else ast.unparse(parts[0])[:40],
                    how=how,
                    from_route=origin is not None and origin.from_route,
                    in_user_role=not instruction.is_system,
                )

    def _grown(self, instruction: Instruction) -> Iterator[Mixing]:
        """What `system += documents` appends to a text before it is sent."""
        scope = instruction.scope
        names = {one.id for one in walk(instruction.node) if isinstance(one, ast.Name)}
        for node in own_nodes(scope) if names else ():
            match node:
                case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                    if name not in names or self._is_fixed(value, scope):
                        continue
                    origin = self._taint.origin(value, scope)
                    yield Mixing(
                        place=scope.module.place(node),
                        value=origin.name if origin else ast.unparse(value)[:40],
                        how="+=",
                        from_route=origin is not None and origin.from_route,
                        in_user_role=not instruction.is_system,
                    )
                case _:
                    pass

    def _is_fixed(self, node: ast.expr, scope: Function) -> bool:
        return all(isinstance(source, ast.Constant) for source, _ in self._sources.of(node, scope))

    def _inserted(
        self, node: ast.expr, scope: Function
    ) -> Iterator[tuple[str, list[ast.expr], Function]]:
        match node:
            case ast.JoinedStr():
                yield (
                    "f-string",
                    [one.value for one in node.values if isinstance(one, ast.FormattedValue)],
                    scope,
                )
            case ast.BinOp(op=ast.Add()):
                pieces = pieces_of(node) or [node.left, node.right]
                yield "+", [one for one in pieces if not isinstance(one, ast.Constant)], scope
            case ast.Call(
                func=ast.Attribute(attr="join"),
                args=[ast.List(elts=parts) | ast.Tuple(elts=parts)],
            ):
                yield "join", [one for one in parts if not isinstance(one, ast.Constant)], scope
            case ast.BinOp(op=ast.Mod(), right=right):
                yield "%", list(right.elts) if isinstance(right, ast.Tuple) else [right], scope
            case ast.Call(
                func=ast.Attribute(
                    attr="format" | "replace" | "substitute" | "safe_substitute" as how
                )
            ):
                given = [
                    *node.args[1 if how == "replace" else 0 :],
                    *(keyword.value for keyword in node.keywords),
                ]
                yield how, given, scope
            case _:
                return

    def _fixed_length(self, node: ast.expr, scope: Function) -> int:
        """Characters that stand in the code: written here, or in what is named here."""
        named: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = [node.func.value]
        elif isinstance(node, ast.BinOp):
            named = [one for one in walk(node) if isinstance(one, ast.Name)]
        apart = [inner for one in named for inner, _ in self._sources.of(one, scope)]
        return sum(len(text) for text in _texts_in([*walk(node), *apart]))

    def _joined(self, module: Module) -> Iterator[Mixing]:
        """Roles flattened into one text in a function that calls a model."""
        for call, scope in module.calls_that(_joins):
            element = getattr(call.args[0], "elt", None)
            if (
                isinstance(element, ast.JoinedStr)
                and _speaks_of_roles(element)
                and any(self._calls.used(one, scope) for one in scope.calls)
            ):
                yield Mixing(
                    place=module.place(call),
                    value="history",
                    how="join",
                    from_route=False,
                    joins_history=True,
                )


def _joins(call: ast.Call) -> bool:
    return last_name(call.func) == "join" and bool(call.args)


def _is_mostly_text(module: Module) -> bool:
    """At least half of its lines are texts that names stand for."""
    body = module.tree.body
    texts = (
        one
        for one in body
        if isinstance(one, ast.Assign | ast.AnnAssign)
        and isinstance(one.value, ast.Constant | ast.JoinedStr)
    )
    lines = sum((one.end_lineno or one.lineno) - one.lineno + 1 for one in texts)
    return bool(body) and 2 * lines >= (body[-1].end_lineno or 0)


def _texts_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (
        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def _speaks_of_roles(node: ast.JoinedStr) -> bool:
    text = ast.unparse(node)
    return "role" in text and "content" in text


def _labels(node: ast.expr, parts: list[ast.expr]) -> bool:
    """Several texts put into one message with words between them: `Context: {a} Question: {b}`."""
    own = {one for part in parts for one in walk(part)}
    words = _texts_in(one for one in walk(node) if one not in own)
    return len(parts) > 1 and any(letter.isalpha() for word in words for letter in word)


def _carried(call: ast.Call, name: str) -> ast.expr | None:
    """The text that a call hands on: a template, a variable's default, what `re.sub` fills."""
    if name in FROM_TEMPLATE:
        return argument(call, "template", 0)
    if name == "getenv" or written(call.func).endswith("environ.get"):
        return argument(call, "default", 1)
    return argument(call, "string", 2) if name == "sub" else None


def _named(node: ast.expr, scope: Function) -> str:
    parent = scope.module.parents.get(node)
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        return parent.targets[0].id
    return scope.name or scope.module.name.rpartition(".")[2]


def _file_named(node: ast.Call) -> str:
    for part in walk(node):
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and FILE_NAME.search(part.value)
        ):
            return part.value
    return ""
