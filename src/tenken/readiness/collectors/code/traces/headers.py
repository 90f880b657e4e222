"""Headers by which a caller hands on the id of its request."""

import ast

from tenken.readiness.collectors.code.traces.known import REQUEST_IDS
from tenken.readiness.collectors.python.modules import Module

DJANGO = frozenset(f"http_{name.replace('-', '_')}" for name in REQUEST_IDS)
"""The same names as `request.META` spells them."""


def request_id(node: ast.expr, module: Module) -> str:
    """The header that is asked for, also by a constant of the module; empty for other keys."""
    named = module.top.assigned.get(node.id, ()) if isinstance(node, ast.Name) else ()
    key = named[0].value if named else node
    text = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    return text if text.lower() in DJANGO or text.lower() in REQUEST_IDS else ""
