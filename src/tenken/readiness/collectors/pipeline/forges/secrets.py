"""Keys handed to the steps of a GitHub workflow, and how they log in to a cloud."""

from collections.abc import Iterator

from msgspec.structs import replace

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.forges.actions import STATIC_INPUTS, STATIC_NAMES
from tenken.readiness.facts.pipeline import Login, SecretUse

SECRET = Pattern(r"secrets\.([A-Za-z_][A-Za-z0-9_]*)|secrets\[['\"]([A-Za-z_][A-Za-z0-9_]*)")
LOGINS = {
    "google-github-actions/auth": (
        "google", ("workload_identity_provider",), ("credentials_json",),
    ),
    "google-github-actions/setup-gcloud": ("google", (), ("service_account_key",)),
    "aws-actions/configure-aws-credentials": (
        "aws", ("role-to-assume",), ("aws-secret-access-key",),
    ),
    "azure/login": ("azure", ("client-id",), ("creds",)),
}  # fmt: skip
"""Of each action: the cloud, the inputs of a federated login, the inputs of a stored key."""

GIVEN = ("env", "with")


def is_static(name: str) -> bool:
    """Tell whether a name speaks of a long-lived cloud key."""
    upper = name.upper()
    return any(upper == it or upper.endswith(f"_{it}") for it in STATIC_NAMES)


def secrets_in(job: Node, document: Node, path: str) -> Iterator[SecretUse]:
    """Secrets in the environment of a workflow or a job."""
    for node in (document.at("env"), job.at("env")):
        yield from _of_mapping(node, path, "env")


def settings_of(job: Node, document: Node) -> tuple[str, ...]:
    """What a workflow, its job and the steps of it are given, as written."""
    steps = job.at("steps").items
    nodes = (document.at("env"), job.at("env"), *(step.at(it) for step in steps for it in GIVEN))
    told = (f"{key}={value.text}" for node in nodes for key, value in node.mapping.items())
    return (*told, *(f"run={step.at('run').text}" for step in steps if step.at("run")))


def secrets_of_step(step: Node, path: str) -> Iterator[SecretUse]:
    """Secrets in `env:`, `with:` and the command of a step."""
    label = step.at("uses").text or step.at("run").text[:60] or step.at("name").text
    yield from _of_mapping(step.at("env"), path, label)
    yield from _of_mapping(step.at("with"), path, label)
    for name in _names(step.at("run").text):
        place = Place(path, step.line_of("run"))
        yield SecretUse(name=name, place=place, step=label, static_cloud_key=is_static(name))


def _of_mapping(node: Node, path: str, label: str) -> Iterator[SecretUse]:
    for key, value in node.mapping.items():
        for name in _names(value.text):
            static = key in STATIC_INPUTS or is_static(name) or is_static(key)
            place = Place(path, node.line_of(key))
            yield SecretUse(name=name, place=place, step=label, static_cloud_key=static)


def _names(text: str) -> list[str]:
    if "secrets" not in text:
        return []
    return [first or second for first, second in SECRET.findall(text)]


def logins_of(job: Node, document: Node, path: str) -> tuple[Login, ...]:
    """How the steps of a job log in, and whether they are given an identity token."""
    token = _grants_token(job, document)
    found = [login for step in job.at("steps").items for login in _logins(step, path, token=token)]
    for step in job.at("steps").items:
        run = step.at("run")
        found += key_logins(run.text, Place(path, run.line + ("\n" in run.text)))
    return tuple(found)


def _logins(step: Node, path: str, *, token: bool) -> Iterator[Login]:
    action = step.at("uses").text.partition("@")[0].lower()
    if action not in LOGINS:
        return
    cloud, federated, static = LOGINS[action]
    inputs = step.at("with")
    for name in (*static, *federated):
        if not inputs.at(name):
            continue
        chained = name in federated and any(inputs.at(it) for it in static)
        yield Login(
            cloud=cloud,
            federated=name in federated and not chained,
            place=Place(path, inputs.line_of(name)),
            detail=name,
            can_get_token=token,
        )


def key_logins(text: str, place: Place) -> Iterator[Login]:
    """Lines of shell that log in with a key file of a service account."""
    for offset, line in enumerate(text.split("\n")):
        if "activate-service-account" in line and not line.lstrip().startswith("#"):
            where = replace(place, line=place.line + offset)
            yield Login(
                cloud="google",
                federated=False,
                place=where,
                detail="gcloud auth activate-service-account",
            )


def _grants_token(job: Node, document: Node) -> bool:
    permissions = job.at("permissions") or document.at("permissions")
    return permissions.text == "write-all" or permissions.at("id-token").text == "write"
