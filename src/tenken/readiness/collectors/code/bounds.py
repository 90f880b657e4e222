"""Whether the type of what comes in sets bounds on it: lengths, patterns, choices."""

import ast

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.indirect.aliases import behind
from tenken.readiness.collectors.python.modules import Class, Function
from tenken.readiness.collectors.python.syntax import default_of, last_name, number
from tenken.readiness.collectors.python.values import OwnClass
from tenken.readiness.collectors.python.walking import walk

BOUNDS = frozenset({"max_length", "pattern", "regex", "le", "lt", "max_items"})
"""What keeps a text or a number from being as long or large as anyone likes."""
BOUNDED_TYPES = frozenset(
    {"Literal", "constr", "conint", "StringConstraints", "EmailStr", "HttpUrl", "UUID"}
)

LONGEST = 1_000_000
"""A text that may be longer than this has no bound: no model takes it."""
FREE_MESSAGES = ("MessageParam", "InputItemParam", "BaseMessage", "AnyMessage")
"""Types of libraries for a message of any role."""


class Bounds:
    """Reads the types of a route's parameters."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def of(self, function: Function) -> bool:
        """Tell whether a body or parameter has a type that sets bounds."""
        outer = function.outer or function.module.top
        for parameter in function.parameters:
            default = default_of(parameter.arg, function)
            if isinstance(default, ast.Call) and any(map(_is_bound, default.keywords)):
                return True  # `text: str = Form(max_length=2000)`
            if (annotation := parameter.annotation) is None:
                continue
            if self._is_bounded(annotation, outer):
                return True
            for value in self._follower.values(annotation, outer):
                if isinstance(value, OwnClass) and self._has_bounds(value.of, 0):
                    return True
        return False

    def _is_bounded(self, annotation: ast.expr, scope: Function) -> bool:
        """The type itself says how long, also by a name that stands for such a type."""
        if any(isinstance(one, ast.keyword) and _is_bound(one) for one in walk(annotation)):
            return True
        for name in walk(annotation):
            if isinstance(name, ast.Name):
                node, home = behind(name, scope, self._follower.project)
                if isinstance(node, ast.Subscript | ast.Call) and node is not annotation:
                    given = [one for one in walk(node) if isinstance(one, ast.keyword)]
                    if any(map(_is_bound, given)) and home.node is None:
                        return True
        return False

    def leaves_roles_open(self, function: Function) -> bool:
        """Tell whether a body holds messages whose role may be the system's."""
        for parameter in function.parameters:
            if parameter.annotation is None:
                continue
            outer = function.outer or function.module.top
            for value in self._follower.values(parameter.annotation, outer):
                if isinstance(value, OwnClass) and self._has_open_role(value.of, 0):
                    return True
        return False

    def _has_open_role(self, of: Class, depth: int) -> bool:
        for statement in of.node.body:
            if not isinstance(statement, ast.AnnAssign):
                continue
            text = ast.unparse(statement.annotation)
            if isinstance(statement.target, ast.Name) and statement.target.id == "role":
                return text == "str" or "'system'" in text or "'developer'" in text
            if any(word in text for word in FREE_MESSAGES):
                return True
            names = [one for one in walk(statement.annotation) if isinstance(one, ast.Name)]
            for name in names if depth < 3 else ():
                for value in self._follower.values(name, of.module.top):
                    if (
                        isinstance(value, OwnClass)
                        and value.of is not of
                        and self._has_open_role(value.of, depth + 1)
                    ):
                        return True
        return False

    def _has_bounds(self, of: Class, depth: int) -> bool:
        for statement in of.node.body:
            if isinstance(statement, ast.AnnAssign):
                if (
                    statement.value is not None
                    and isinstance(statement.value, ast.Call)
                    and any(_is_bound(keyword) for keyword in statement.value.keywords)
                ):
                    return True
                names = {
                    last_name(one)
                    for one in walk(statement.annotation)
                    if isinstance(one, ast.expr)
                }
                by_type = self._is_bounded(statement.annotation, of.module.top)
                if names & BOUNDED_TYPES - {"Literal", "UUID"} or by_type:
                    return True
        validators = any(
            last_name(one) in {"field_validator", "validator", "model_validator"}
            for method in of.methods.values()
            for one in method.decorators
        )
        return validators or (depth < 3 and self._inner_bounds(of, depth))

    def _inherited(self, of: Class, depth: int) -> bool:
        return any(
            isinstance(value, OwnClass)
            and value.of is not of
            and self._has_bounds(value.of, depth)
            for base in of.node.bases
            for value in self._follower.values(base, of.module.top)
        )

    def _inner_bounds(self, of: Class, depth: int) -> bool:
        if self._inherited(of, depth + 1):
            return True
        for statement in of.node.body:
            if isinstance(statement, ast.AnnAssign):
                for name in walk(statement.annotation):
                    if isinstance(name, ast.Name):
                        for value in self._follower.values(name, of.module.top):
                            if (
                                isinstance(value, OwnClass)
                                and value.of is not of
                                and self._has_bounds(value.of, depth + 1)
                            ):
                                return True
        return False


def _is_bound(keyword: ast.keyword) -> bool:
    value = number(keyword.value)
    if isinstance(keyword.value, ast.Constant) and keyword.value.value is None:
        return False
    return keyword.arg in BOUNDS and (value is None or value <= LONGEST)
