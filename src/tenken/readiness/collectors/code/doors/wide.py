"""What is asked on every route of an application, or where a router is included."""

import ast
from collections.abc import Iterator

from msgspec import Struct, field

from tenken.readiness.collectors.code.access import Access, Asked
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument
from tenken.readiness.collectors.python.values import Made

Router = tuple[ast.Call, Function]
"""The call that makes a router, and where it stands."""
MOST_NESTED = 5


class Included(Struct, eq=False):
    """What is asked where routers are included, and into which."""

    follower: Follower
    access: Access
    asked: dict[Router, list[Asked]] = field(default_factory=dict)
    into: dict[Router, list[Made]] = field(default_factory=dict)

    def read(self, call: ast.Call, scope: Function) -> None:
        """Note one `include_router` or `register_blueprint`."""
        if not call.args:
            return
        given = argument(call, "dependencies")
        asked = list(self.access.of_dependencies(given, scope))
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        outer = [
            one
            for one in (self.follower.values(base, scope) if base is not None else ())
            if isinstance(one, Made)
        ]
        for value in self.follower.values(call.args[0], scope):
            if isinstance(value, Made):
                router = (value.call, value.scope)
                self.asked.setdefault(router, []).extend(asked)
                self.into.setdefault(router, []).extend(outer)

    def of(self, router: Made, depth: int = 0) -> Iterator[Asked]:
        """Give what is asked on the way to a router, through those that include it."""
        key = (router.call, router.scope)
        yield from self.asked.get(key, ())
        for outer in self.into.get(key, ()) if depth < MOST_NESTED else ():
            yield from self.access.of_dependencies(
                argument(outer.call, "dependencies"), outer.scope
            )
            yield from self.of(outer, depth + 1)


class Wide(Struct, frozen=True, eq=False):
    """What is asked on every route of the application, or where a router is included."""

    everywhere: tuple[tuple[str, Asked], ...]
    """With the file that says it."""
    included: Included
    several: bool
    """Several applications in one repository: each has its own middleware."""

    def of(self, router: Made) -> Iterator[Asked]:
        """Give what holds for the routes of a router."""
        yield from self.near(router.scope.module.path)
        yield from self.included.of(router)

    def near(self, path: str) -> Iterator[Asked]:
        """Give what the application says that a file belongs to."""
        for said_in, asked in self.everywhere:
            if not self.several or path.startswith(said_in.rpartition("/")[0]):
                yield asked
