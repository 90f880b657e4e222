"""Errors of the application's own that refuse a caller, wherever they are raised or made."""

import ast
from collections.abc import Iterable

from tenken.readiness.collectors.python.modules import Module
from tenken.readiness.collectors.python.syntax import last_name, nodes_of
from tenken.readiness.collectors.python.walking import Shape, walk

REFUSALS = frozenset(
    {"401", "403", "HTTP_401_UNAUTHORIZED", "HTTP_403_FORBIDDEN", "UNAUTHORIZED", "FORBIDDEN"}
)
CODES = frozenset({"status_code", "code", "http_status", "status"})
HTTP_ERRORS = frozenset({"HTTPException", "HttpError", "HTTPError"})
"""Errors of frameworks that carry the code of their answer."""
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
HANDLERS = frozenset({"exception_handler", "errorhandler", "add_exception_handler"})


def own_refusers(modules: Iterable[Module]) -> frozenset[str]:
    """Give the names of errors that answer with 401 or 403, and of functions that make them."""
    shapes = [module.shape for module in modules]
    errors = frozenset(name for shape in shapes for name in shape.answer(_refusers))
    made = [one for shape in shapes for one in shape.answer(_makers)]
    # Makers are known by name alone: one of the same name that makes something else spoils it.
    others = {name for name, refuses in made if not refuses}
    return errors | {name for name, refuses in made if refuses and name not in others}


def _makers(shape: Shape) -> tuple[tuple[str, bool], ...]:
    """Functions that give an error of HTTP back, and whether it refuses whatever happens."""
    found = []
    for function in shape.functions:
        given = _given_back(function.node) if isinstance(function.node, FUNCTIONS) else []
        errors = [_is_http_error(one) for one in given]
        if any(errors):
            found.append((function.name, all(errors) and all(map(_says_no, given))))
    return tuple(found)


def _given_back(node: ast.AST) -> list[ast.expr]:
    """What each `return` gives, looked up where it is a name that is assigned once."""
    inside = list(nodes_of(node))
    given = [one.value for one in inside if isinstance(one, ast.Return) and one.value is not None]
    return [_behind(one, inside) for one in given]


def _behind(node: ast.expr, inside: Iterable[ast.AST]) -> ast.expr:
    name = node.id if isinstance(node, ast.Name) else None
    values = [
        one.value
        for one in inside
        if isinstance(one, ast.Assign) and any(last_name(it) == name for it in one.targets)
    ]
    return values[0] if name and len(values) == 1 else node


def _is_http_error(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in HTTP_ERRORS


def _says_no(node: ast.expr) -> bool:
    """`HTTPException(401)`, by place or by name."""
    if not isinstance(node, ast.Call):
        return False
    by_name = [one.value for one in node.keywords if one.arg in CODES]
    return any(map(_is_refusal, by_name or node.args[:1]))


def _refusers(shape: Shape) -> frozenset[str]:
    found = {
        one.own for one in shape.classes if _is_error(one.node) and _answers_no(one.node)
    } | _handled(shape)
    below = {one.own for one in shape.classes if {last_name(it) for it in one.node.bases} & found}
    return frozenset(found | below)


def _is_error(node: ast.ClassDef) -> bool:
    return any(last_name(one).endswith(("Exception", "Error")) for one in node.bases)


def _answers_no(node: ast.ClassDef) -> bool:
    """`status_code = 401`, or `super().__init__(status_code=401)`."""
    for one in walk(node):
        match one:
            case ast.Assign(targets=[target], value=value) if _leaf(target) in CODES:
                if _is_refusal(value):
                    return True
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                if _leaf(target) in CODES and _is_refusal(value):
                    return True
            case ast.Call(func=ast.Attribute(attr="__init__"), args=args, keywords=keywords):
                given = (*args[:1], *(it.value for it in keywords if it.arg in CODES))
                if any(map(_is_refusal, given)):
                    return True
            case _:
                pass
    return False


def _handled(shape: Shape) -> set[str]:
    """Errors whose handler answers so: `@app.exception_handler(NoToken)`."""
    found: set[str] = set()
    for function in shape.functions:
        node = function.node
        handled = [
            last_name(one.args[0])
            for one in getattr(node, "decorator_list", [])
            if isinstance(one, ast.Call) and last_name(one.func) in HANDLERS and one.args
        ]
        if handled and node is not None and _gives_refusal(node):
            found.update(handled)
    return found


def _gives_refusal(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Call)
        and any(_is_refusal(it.value) for it in one.keywords if it.arg in CODES)
        for one in walk(node)
    )


def _leaf(node: ast.expr) -> str:
    return last_name(node)


def _is_refusal(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and str(node.value) in REFUSALS) or (
        last_name(node) in REFUSALS
    )
