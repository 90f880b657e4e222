"""Deliveries that name three environments and reach one, or none."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import stability
from tests.readiness.adversary.ground import Case, Files, changed
from tests.readiness.adversary.pipelines import DELIVERY, HONEST

ENVIRONMENTS = (stability.environments_are_deployed_by_cd,)
UNNAMED = tuple((DELIVERY, f"    environment: {name}\n", "") for name in ("dev", "stg", "prod"))
FROM_MAIN, COMMAND = "branches: [main]", "gcloud run deploy desk --image=$IMAGE"


def delivered(*changes: tuple[str, str]) -> Files:
    """The delivery with texts replaced."""
    return changed(HONEST, *((DELIVERY, old, new) for old, new in changes))


CHEATS = (
    Case(id="one service under three names of jobs", probes=ENVIRONMENTS, files=changed(HONEST, *UNNAMED)),
    *(Case(id=f"from {branch}", probes=ENVIRONMENTS, files=delivered((FROM_MAIN, f"branches: [{branch}]"))) for branch in ("nowhere", "no-such-branch", "'!main'")),
)  # fmt: skip
HONEST_CASES = (
    Case(id="three services", probes=ENVIRONMENTS, files=changed(HONEST, *UNNAMED, (DELIVERY, COMMAND, "gcloud run deploy desk-$STAGE --image=$IMAGE"))),
    *(Case(id=f"from {branch}", probes=ENVIRONMENTS, files=delivered((FROM_MAIN, f"branches: [{branch}]"))) for branch in ("release/*", "production", "develop, main")),
)  # fmt: skip
