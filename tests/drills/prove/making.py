"""Records of drills for the tests of judgements, and requests for those that are driven."""

from collections.abc import Mapping

from tenken.drills.prove.record import Answered, Driven
from tenken.drills.prove.requests import Asking, Brief, brief_from
from tenken.drills.provider.fault import Wrong
from tenken.drills.provider.seen import Seen, SeenTurn

REQUESTS = """\
requests:
  - name: ask
    path: /ask
    body: {text: "hello ${mark}"}
    contains: fake provider
"""
ASK = Asking(
    name="ask",
    method="POST",
    path="/ask",
    headers=(),
    body="{}",
    statuses=(200,),
    contains="fine",
)


def brief(more: str = "", environment: Mapping[str, str] | None = None) -> Brief:
    """A request file with one request, and what continues it."""
    return brief_from(REQUESTS + more, file="requests.yaml", environment=environment or {})


def call(
    at_s: float = 0.0, *, status: int = 200, model: str = "m", turns: tuple[SeenTurn, ...] = (),
    **more: object,
) -> Seen:  # fmt: skip
    """A call that took no time; a status of an error is the fault of a plan."""
    fault = Wrong.STATUS if status >= 400 else Wrong.NONE
    given: dict[str, object] = {"credential": "c0ffee00", "fault": fault, **more}
    return Seen(
        number=0, at_s=at_s, ended_s=at_s, path="/v1/chat/completions", model=model,
        stream=False, turns=turns or (SeenTurn(role="user", characters=5),), status=status,
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def driven(*calls: Seen, status: int = 200, text: str = "fine", took_s: float = 0.0) -> Driven:
    """A request with the calls that it caused."""
    answered = Answered(status=status, text=text, took_s=took_s)
    return Driven(asking=ASK, answered=answered, calls=calls, mark="canary-1")
