"""Keys that stand in the code in the place of a key, whatever their shape."""

import ast
from collections.abc import Iterator, Mapping

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.secrets import MIN_ENTROPY, PLACEHOLDERS, entropy
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Literal
from tenken.readiness.collectors.python.walking import Shape
from tenken.readiness.facts.code import GIVEN_KEY, Secret

KEY_NAMES = (
    "api_key", "apikey", "subscription_key", "auth_token", "secret_access_key", "client_secret",
)  # fmt: skip
HEADER_NAMES = frozenset({"authorization", "x-api-key", "api-key", "x-goog-api-key"})
SHAPE = Pattern(r"^(?:(?i:bearer|basic) )?[A-Za-z0-9_\-.+/=]{20,}$")
DIGIT = Pattern(r"[0-9]")
Parents = Mapping[ast.AST, ast.AST]


def keys_given(reading: Reading) -> Iterator[Secret]:
    """Give each place in production code where a text that looks like a key is used as one."""
    for module in reading.production:
        for node, scope in _in_key_position(reading, module):
            if any(map(is_like_key, _texts(node, scope, reading.follower))):
                yield Secret(place=module.place(node), kind=GIVEN_KEY, fingerprint="")


def is_like_key(text: str) -> bool:
    """Long, drawn by chance, and no placeholder: what a local server is given is none."""
    if not SHAPE.search(text) or not DIGIT.search(text) or PLACEHOLDERS.search(text):
        return False
    return entropy(text.rpartition(" ")[2][-40:]) >= MIN_ENTROPY


def _in_key_position(reading: Reading, module: Module) -> Iterator[tuple[ast.expr, Function]]:
    """What is given, bound or written under the name of a key."""
    for call, scope in module.calls_that(_gives_key):
        yield from ((one.value, scope) for one in call.keywords if _is_key(one.arg or ""))
        if _puts_key(call):
            yield call.args[1], scope
    if module.shape.answer(_binds_key):
        yield from _bound(module)
    yield from ((value, module.top) for value in module.shape.answer(_all_entries))
    text = reading.tree.text(module.path) if module.named("api_key") else ""
    if isinstance(text, str) and ".api_key" in text:
        yield from ((value, module.top) for node in module.named("api_key")
                    for value in _written_to(node, module.parents))  # fmt: skip


def _binds_key(shape: Shape) -> bool:
    return any(_is_key(one.name) for one in shape.bindings)


def _bound(module: Module) -> Iterator[tuple[ast.expr, Function]]:
    holders = (
        *(function.assigned for function in module.functions),
        *(of.attributes for of in module.classes.values()),
    )
    for held in holders:
        for name, bound in held.items():
            yield from ((one.value, one.scope) for one in bound if _is_key(name))


def _all_entries(shape: Shape) -> tuple[ast.expr, ...]:
    nodes = (*shape.kinds[ast.Subscript], *shape.kinds[ast.Dict])
    return tuple([value for node in nodes for value in _entries(node, shape.parents)])


def _entries(node: ast.AST, parents: Parents) -> Iterator[ast.expr]:
    """`os.environ["API_KEY"] = ...`, `{"Authorization": ...}`."""
    if isinstance(node, ast.Subscript) and _is_key(_constant(node.slice)):
        yield from _written_to(node, parents)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None and _is_key(_constant(key)):
                yield value


def _written_to(node: ast.expr, parents: Parents) -> Iterator[ast.expr]:
    holder = parents.get(node)
    if isinstance(holder, ast.Assign) and node in holder.targets:
        yield holder.value


def _is_key(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(KEY_NAMES) or lower in HEADER_NAMES


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _gives_key(call: ast.Call) -> bool:
    return any(_is_key(one.arg or "") for one in call.keywords) or _puts_key(call)


def _puts_key(call: ast.Call) -> bool:
    """`os.putenv(name, value)`, `os.environ.setdefault(name, value)`."""
    puts = last_name(call.func) in {"putenv", "setdefault"} and len(call.args) > 1
    return puts and _is_key(_constant(call.args[0]))


def _texts(node: ast.expr, scope: Function, follower: Follower) -> Iterator[str]:
    """What it is, its default, and the constants that it is made of."""
    for value in follower.values(node, scope):
        if isinstance(value, Literal) and isinstance(value.value, str):
            yield value.value
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
