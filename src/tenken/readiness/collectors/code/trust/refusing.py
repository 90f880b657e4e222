"""What refuses a caller: an error, or an answer that says so."""

import ast

from tenken.readiness.collectors.code.trust.refusers import REFUSALS
from tenken.readiness.collectors.python.syntax import last_name, nodes_of, written

REFUSERS = frozenset({"PermissionDenied", "NotAuthenticated", "AuthenticationFailed",
    "Unauthorized", "Forbidden",
                      "AuthenticationError", "HTTPUnauthorized", "HTTPForbidden",
                      "HttpResponseForbidden",
                      "HttpResponseUnauthorized"})  # fmt: skip


class Refusing:
    """Tells what refuses a caller; errors of the application's own are known by their names."""

    def __init__(self, own: frozenset[str]) -> None:
        self._own = own

    def first(self, root: ast.AST) -> ast.AST | None:
        """Give the first node of a function's own body that refuses a caller."""
        refusal = next((node for node in nodes_of(root) if self.refuses(node)), None)
        return refusal or next(
            (one for one in nodes_of(root) if self._raises_made(one, root)), None
        )

    def _raises_made(self, node: ast.AST, root: ast.AST) -> bool:
        """`refused = HTTPException(401)` further up, and `raise refused` here."""
        if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name)):
            return False
        return any(
            isinstance(one, ast.Assign)
            and isinstance(one.value, ast.Call)
            and any(last_name(target) == node.exc.id for target in one.targets)
            and self.refuses(ast.Raise(one.value))
            for one in nodes_of(root)
        )

    def refuses(self, node: ast.AST) -> bool:
        """`raise HTTPException(401)`, `raise NoToken()`, `abort(403)`, a response that says so."""
        raised = node.exc if isinstance(node, ast.Raise) else None
        if self._own and raised is not None and last_name(raised) in self._own:
            return True
        return _refuses(node)


def _refuses(node: ast.AST) -> bool:
    """`raise HTTPException(401)`, `abort(403)`, a response with one of these codes."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name | ast.Attribute):
        raised = node.exc
        if last_name(raised) in REFUSERS:
            return True
        return isinstance(raised, ast.Call) and _says_refused(raised)
    if isinstance(node, ast.Call):
        name = last_name(node.func)
        return name in {"abort", "JSONResponse", "Response", "PlainTextResponse", "jsonify",
            "HttpResponse",
                        "close", "HttpError"} and _says_refused(node)  # fmt: skip
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        return any(
            isinstance(one, ast.Constant) and str(one.value) in REFUSALS for one in node.value.elts
        )
    return False


def _says_refused(call: ast.Call) -> bool:
    for node in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(node, ast.Constant) and str(node.value) in REFUSALS | {
            "1008",
            "4401",
            "4403",
        }:
            return True
        if isinstance(node, ast.Attribute) and written(node).rpartition(".")[2] in REFUSALS | {
            "WS_1008_POLICY_VIOLATION"
        }:
            return True
    return False
