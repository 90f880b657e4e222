"""Which keys can be reached, and what works without any."""

from collections.abc import Iterator

from tenken.config.values import is_placeholder
from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, note, partly, seen, unknown
from tenken.readiness.facts.code import GIVEN_KEY, STORED_KEY
from tenken.readiness.facts.identity import Kept, KeyKind, StaticKey
from tenken.readiness.facts.infrastructure import Platform
from tenken.readiness.facts.pipeline import Job
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Role
from tenken.sentence import say, words

MOST_TOLD = 8
KEYLESS = {"vertex": "google", "bedrock": "aws", "azure": "azure"}
"""Providers that take a cloud's short-lived tokens, and whose."""
BY_DEFAULT = frozenset({"vertex", "bedrock"})
"""Providers whose libraries take the identity of the platform where nobody gives them a key."""
KEY_SOURCES = frozenset({
    "GOOGLE_APPLICATION_CREDENTIALS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
})  # fmt: skip
VERTEX_SWITCH = "GOOGLE_GENAI_USE_VERTEXAI"
SWITCHED = frozenset({"google-genai", "google-adk"})
"""Libraries that take the cloud's tokens in place of a key where that variable is true."""
ON = frozenset({"true", "1"})
KEY_VARIABLES = {
    "OPENAI_API_KEY": "openai", "ANTHROPIC_API_KEY": "anthropic", "GEMINI_API_KEY": "google",
    "GOOGLE_API_KEY": "google", "MISTRAL_API_KEY": "mistral", "COHERE_API_KEY": "cohere",
    "GROQ_API_KEY": "groq", "AZURE_OPENAI_API_KEY": "azure", "AZURE_OPENAI_KEY": "azure",
    "OPENROUTER_API_KEY": "openrouter", "DEEPSEEK_API_KEY": "deepseek", "LLM_API_KEY": "llm",
}  # fmt: skip


def short_lived(survey: Survey) -> Answer:
    """The LLM calls, and each credential they could be made with."""
    providers = _called(survey)
    keys = tuple(dict.fromkeys((*_given(survey), *_provider_keys(survey))))
    remarks = tuple(dict.fromkeys(_tokens(survey, providers)))
    if keys:
        return fails(*keys[:MOST_TOLD], remarks=remarks[:MOST_TOLD])
    keyless = providers & set(KEYLESS)
    if keyless and keyless == providers and remarks:
        return holds(*remarks[:MOST_TOLD])
    if not providers:
        return unknown(say("probes_7.no_call_seen"))
    if default := _by_default(survey, providers):
        return default
    return unknown(say("probes_7.credential_not_told", providers=", ".join(sorted(providers))))


def _called(survey: Survey) -> set[str]:
    """The providers, as what runs the application is told to reach them."""
    switched = _is_switched_to_vertex(survey)
    return {
        "vertex" if switched and call.provider == "google" and call.library in SWITCHED
        else call.provider
        for call in survey.code.calls
        if call.provider
    }  # fmt: skip


def _is_switched_to_vertex(survey: Survey) -> bool:
    """Every workload of the cloud that says where its model is says that it is Vertex AI."""
    said = [
        variable.value
        for workload in survey.infrastructure.workloads
        if workload.platform is not Platform.COMPOSE
        for container in workload.containers
        for variable in container.variables
        if variable.name == VERTEX_SWITCH
    ]
    return bool(said) and all(value is not None and value.lower() in ON for value in said)


def _platform_keys(survey: Survey) -> Iterator[Finding]:
    """What the platform file has the gateway call with, for models that are in use."""
    manifest = survey.manifest
    if manifest is None or manifest.platform is None:
        return
    used = {model.provider for model in manifest.application.models}
    for at, provider in enumerate(manifest.platform.platform.providers):
        key = provider.credentials
        if provider.id not in used or key is None or key.kind == "workload_identity":
            continue
        if not is_placeholder(key.name):
            place = manifest.platform.place("providers", at, "credentials")
            yield gap("probes_7.platform_names_key", place, name=key.name, provider=provider.id)


def _provider_keys(survey: Survey) -> Iterator[Finding]:
    yield from _platform_keys(survey)
    given = [key for key in survey.infrastructure.static_keys if key.kind is KeyKind.PROVIDER_KEY]
    for key in given:
        yield gap("probes_7.provider_key", key.place, name=key.name, workload=key.workload)
    if given:
        return
    called = {call.provider for call in survey.code.calls}
    named: set[str] = set()
    for read in survey.code.environment:
        provider = KEY_VARIABLES.get(read.name)
        if provider is not None and (provider in called or provider == "llm"):
            named.add(provider)
            yield gap("probes_7.code_reads_key", read.place, name=read.name)
    for call in survey.code.calls:
        if call.by_key is not None and call.provider not in named:
            yield gap("probes_7.called_by_key", call.by_key, provider=call.provider)


def _tokens(survey: Survey, providers: set[str]) -> Iterator[Remark]:
    clouds = {KEYLESS[one] for one in providers if one in KEYLESS}
    for call in survey.code.calls:
        if call.by_token is not None:
            yield seen("probes_7.called_by_token", call.by_token, provider=call.provider)
    for one in survey.infrastructure.identities:
        if one.cloud in clouds:
            yield seen(
                "probes_7.runs_as",
                one.place,
                workload=one.workload,
                account=one.account,
                how=words("identity", [one.how]),
            )
    for link in survey.infrastructure.federations:
        if link.cloud in clouds and link.limited is not False:
            yield seen("probes_7.federation", link.place, kind=link.kind)


def none_reachable(survey: Survey) -> Answer:
    """Every long-lived key in the pipeline, the infrastructure, the images and the code."""
    findings = tuple(dict.fromkeys(_reachable(survey)))
    remarks = tuple(dict.fromkeys(_keyless(survey)))[:MOST_TOLD]
    if findings:
        return fails(*findings[: 2 * MOST_TOLD], remarks=remarks)
    others = tuple(
        note("probes_7.other_key", key.place, name=key.name)
        for key in survey.infrastructure.static_keys
        if key.kind is KeyKind.OTHER_KEY and key.kept is not Kept.IN_FILE
    )
    providers = _called(survey)
    if not providers or not providers <= set(KEYLESS):
        # A vendor that takes nothing but keys is called with one, wherever it is kept.
        missing = say("probes_7.credential_not_told", providers=", ".join(sorted(providers)))
        return unknown(missing if providers else say("probes_7.no_call_seen"), *others[:MOST_TOLD])
    looked_at_runtime = any(
        one.platform is not Platform.COMPOSE for one in survey.infrastructure.workloads
    )
    given = tuple(dict.fromkeys(it.by_token for it in survey.code.calls))
    if None not in given:  # whatever key lies somewhere, no call takes it
        remarks += tuple(seen("probes_7.no_call_takes_a_key", it) for it in given[:1])
        return holds(*remarks[-MOST_TOLD:], notes=others[:MOST_TOLD])
    if remarks and looked_at_runtime:
        return holds(*remarks, notes=others[:MOST_TOLD])
    if default := _by_default(survey, providers):
        return default
    return unknown(say("probes_7.nowhere_to_look"), *others[:MOST_TOLD])


def _by_default(survey: Survey, providers: set[str]) -> Answer | None:
    """No key is given to the library and none lies here; whose identity it takes is not said."""
    looked_at = bool(survey.infrastructure.images) or any(_keyless(survey))
    if not looked_at or not providers <= BY_DEFAULT or any(_reachable(survey)):
        return None
    if _is_told_of_a_key(survey):
        return None
    calls = [call for call in survey.code.calls if call.provider in BY_DEFAULT]
    good = tuple(
        seen("probes_7.default_identity", call.place, provider=call.provider) for call in calls
    )
    told = (gap("probes_7.identity_not_stated", calls[0].place),)
    return partly(tuple(dict.fromkeys(good))[:MOST_TOLD], told)


def _is_told_of_a_key(survey: Survey) -> bool:
    """A variable that a cloud's library takes a key from, on any machine that a file describes."""
    given = {
        variable.name
        for workload in survey.infrastructure.workloads
        for container in workload.containers
        for variable in container.variables
    }
    return bool(KEY_SOURCES & (given | {one.name for one in survey.code.environment}))


def _reachable(survey: Survey) -> Iterator[Finding]:
    for job in survey.pipeline.jobs:
        yield from _job_keys(job)
    for key in survey.infrastructure.static_keys:
        if key.kind is not KeyKind.OTHER_KEY or key.kept is Kept.IN_FILE:
            yield _held(key)
    for image in survey.infrastructure.images:
        for place in image.copies_secrets:
            yield lie("probes_7.key_in_image", place, image=image.place.path)
        for place in image.secret_values:
            yield gap("probes_7.key_in_image_env", place, image=image.place.path)
    yield from _in_code(survey)
    if not survey.infrastructure.static_keys:
        yield from _provider_keys(survey)


def _given(survey: Survey) -> Iterator[Finding]:
    """Texts of the code that are used as keys; one whose shape tells its vendor is told so."""
    shaped = {one.place for one in survey.code.secrets if one.kind != GIVEN_KEY}
    for secret in survey.code.secrets:
        if secret.kind == GIVEN_KEY and secret.place not in shaped:
            yield gap("probes_7.key_given", secret.place)


def _in_code(survey: Survey) -> Iterator[Finding]:
    yield from _given(survey)
    for secret in survey.code.secrets:
        if secret.kind == GIVEN_KEY:
            continue
        if secret.kind == STORED_KEY:
            yield gap("probes_7.code_loads_key", secret.place)
        elif secret.role is not Role.DOCUMENT:
            yield gap("probes_7.key_in_code", secret.place, kind=secret.kind)


def _job_keys(job: Job) -> Iterator[Finding]:
    federated = any(login.federated for login in job.logins)
    told: set[Place] = set()
    for login in job.logins:
        if not login.federated:
            told.add(login.place)
            if federated:
                yield lie(
                    "probes_7.key_beside_federation",
                    login.place,
                    job=job.name,
                    detail=login.detail,
                )
            else:
                yield gap("probes_7.login_by_key", login.place, job=job.name, detail=login.detail)
    for use in job.secrets:
        if use.static_cloud_key and use.place not in told:
            yield gap("probes_7.cloud_key_in_job", use.place, job=job.name, name=use.name)


def _held(key: StaticKey) -> Finding:
    match key.kept:
        case Kept.MADE_HERE:
            return gap("probes_7.key_made_here", key.place, name=key.name)
        case Kept.IN_FILE:
            return gap("probes_7.key_in_file", key.place, name=key.name)
        case _:
            return gap("probes_7.static_key", key.place, name=key.name, workload=key.workload)


def _keyless(survey: Survey) -> Iterator[Remark]:
    for one in survey.infrastructure.identities:
        yield seen(
            "probes_7.runs_as",
            one.place,
            workload=one.workload,
            account=one.account,
            how=words("identity", [one.how]),
        )
    for link in survey.infrastructure.federations:
        if link.limited is not False:
            yield seen("probes_7.federation", link.place, kind=link.kind)
    for job in survey.pipeline.jobs:
        for login in job.logins:
            if login.federated and login.can_get_token:
                yield seen(
                    "probes_7.federated_login", login.place, job=job.name, cloud=login.cloud
                )
