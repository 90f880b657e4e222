"""Deliveries that name three environments and reach one, or none."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import stability
from tests.readiness.adversary.ground import Case, Files, changed
from tests.readiness.adversary.pipelines import CD, DELIVERY, HONEST
from tests.readiness.pipelines import GITLAB, ON_GITLAB

ENVIRONMENTS = (stability.environments_are_deployed_by_cd,)
STAGES = ("dev", "stg", "prod")
UNNAMED = tuple((DELIVERY, f"    environment: {name}\n", "") for name in STAGES)
UNSET = tuple((DELIVERY, f"    env: {{STAGE: {name}}}\n", "") for name in STAGES)
FROM_MAIN, COMMAND = "branches: [main]", "gcloud run deploy desk-$STAGE --image=$IMAGE"
ONE = "gcloud run deploy desk --image=$IMAGE"
OF_PROJECT = f"{ONE} --project=${{{{ vars.PROJECT }}}}"


def delivered(*changes: tuple[str, str]) -> Files:
    """The delivery with texts replaced."""
    return changed(HONEST, *((DELIVERY, old, new) for old, new in changes))


def on_gitlab(command: str) -> Files:
    """The same on another forge with another command."""
    return changed(
        ON_GITLAB,
        (GITLAB, "gcloud run deploy desk-$CI_ENVIRONMENT_NAME --image=$IMAGE", command),
    )


CHEATS = (
    Case(id="one service under three names of jobs", probes=ENVIRONMENTS, files=changed(HONEST, *UNSET, *UNNAMED, (DELIVERY, COMMAND, ONE))),
    Case(id="one service under three environments", probes=ENVIRONMENTS, files=changed(HONEST, *UNSET, (DELIVERY, COMMAND, ONE))),
    Case(id="one project under three environments", probes=ENVIRONMENTS, files=changed(HONEST, *UNSET, (DELIVERY, COMMAND, f"{ONE} --project=desk-prod"))),
    Case(id="one value of the variable", probes=ENVIRONMENTS, files=delivered(("{STAGE: dev}", "{STAGE: prod}"), ("{STAGE: stg}", "{STAGE: prod}"))),
    Case(id="one project on gitlab", probes=ENVIRONMENTS, files=on_gitlab(f"{ONE} --project=desk")),
    Case(id="one command on gitlab", probes=ENVIRONMENTS, files=on_gitlab(ONE)),
    *(Case(id=f"from {branch}", probes=CD, files=delivered((FROM_MAIN, f"branches: [{branch}]"))) for branch in ("nowhere", "no-such-branch", "gh-pages", "feature/x")),
    Case(id="from main but not main", probes=ENVIRONMENTS, files=delivered((FROM_MAIN, "branches: ['!main']"))),
    *(Case(id=f"for changes of {paths}", probes=CD, files=delivered((FROM_MAIN, f"{FROM_MAIN}\n    {paths}"))) for paths in ("paths: [nowhere/**]", "paths: ['docs/**', '*.md']", "paths-ignore: ['**']", "paths-ignore: ['app/**', 'evals/**', 'tests/**']")),
    Case(id="without any traffic", probes=ENVIRONMENTS, files=delivered((COMMAND, f"{COMMAND} --no-traffic"))),
)  # fmt: skip
HONEST_CASES = (
    Case(id="three services", probes=ENVIRONMENTS, files=changed(HONEST, *UNNAMED)),
    Case(id="three services by an unseen variable", probes=ENVIRONMENTS, files=changed(HONEST, *UNSET)),
    Case(id="three projects", probes=ENVIRONMENTS, files=changed(HONEST, *UNSET, (DELIVERY, COMMAND, OF_PROJECT))),
    Case(id="three projects on gitlab", probes=ENVIRONMENTS, files=on_gitlab(f"{ONE} --project=$GCP_PROJECT")),
    *(Case(id=f"from {branch}", probes=CD, files=delivered((FROM_MAIN, f"branches: [{branch}]"))) for branch in ("release/*", "production", "develop, main")),
    Case(id="for changes of code", probes=CD, files=delivered((FROM_MAIN, f"{FROM_MAIN}\n    paths: ['app/**']"))),
    Case(id="three clusters", probes=ENVIRONMENTS, files=changed(HONEST, *UNSET, *((DELIVERY, f"environment: {name}\n    steps:\n", f"environment: {name}\n    steps:\n      - run: gcloud container clusters get-credentials {name}\n") for name in STAGES), (DELIVERY, COMMAND, "kubectl apply -f k8s"))),
    Case(id="traffic afterwards", probes=ENVIRONMENTS, files=delivered((COMMAND, f"{COMMAND} --no-traffic\n      - run: gcloud run services update-traffic desk-$STAGE --to-latest"))),
)  # fmt: skip
