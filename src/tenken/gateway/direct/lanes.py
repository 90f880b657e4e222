"""All lanes: found by what the stages have worked out for a caller and a model."""

from collections.abc import Callable

from tenken.gateway.admit import Admit
from tenken.gateway.calling.call import Call
from tenken.gateway.choose import Choose
from tenken.gateway.direct.lane import CHAT, Lane, lane_of
from tenken.gateway.entering.door import Door
from tenken.gateway.heads.said import Said
from tenken.gateway.house import House
from tenken.gateway.identify import Authenticate, Inherit
from tenken.gateway.plan import Plan
from tenken.gateway.read import Read
from tenken.gateway.repeating.stage import Again
from tenken.gateway.settle import Bookkeeper
from tenken.gateway.stage import Step
from tenken.transport.message import Request

STEPS = frozenset({Inherit, Authenticate, Read, Door, Again, Admit, Choose, Call})
"""Whose work the direct way does, too; under a plan with others all requests go the long way."""


class Lanes:
    """Gives the lanes of a plan."""

    def __init__(
        self,
        steps: Callable[[Plan], tuple[Step, ...]],
        *,
        house: House,
        read: Read,
        books: Bookkeeper,
    ) -> None:
        """`steps` gives the stages that a plan has a use for."""
        self._steps, self._house, self._read, self._books = steps, house, read, books
        self._seen: Plan | None = None
        self.plan: Plan | None = None
        """The one that was seen last, where it has no stages but those that are done directly."""

    def fit(self, plan: Plan) -> bool:
        """Take over a plan; tell whether all that its stages do is done here, too."""
        if plan is not self._seen:
            self._seen = plan
            kinds = {type(getattr(one, "__self__", None)) for one in self._steps(plan)}
            self.plan = plan if self._books.at_once and kinds <= STEPS else None
        return plan is self.plan

    def lane(self, request: Request, plan: Plan, model: str) -> Lane | None:
        """Give the lane of requests with this head for this model."""
        notes, said = request.notes, request.notes.taken
        if not isinstance(said, Said) or said.whose is None or said.whose.known is None:
            return None
        known = said.whose.known
        way = self._read.known_way(plan, known.caller, model) if known.plan is plan else None
        written = way.targets.get(CHAT) if way is not None else None
        if way is None or written is None or way.hold is None:
            return None  # the stages have not seen to such a request yet
        room = self._house.room(written.targets[0].id)
        lane = lane_of(request, said, way, room, until=known.until)
        notes.known = plan if lane is None else lane  # a plan: there is none under it
        return lane
