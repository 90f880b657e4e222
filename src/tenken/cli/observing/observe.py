"""`tenken observe [PATH]`: looks at a running system and puts what it sees on record."""

import shlex
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import typer
from msgspec import Struct
from msgspec.structs import replace

from tenken.cli.checklist import find_item
from tenken.cli.inspecting.opening import Opening, opening
from tenken.cli.inspecting.progress import Progress
from tenken.cli.inspecting.request import manifest_digest, subjects_of
from tenken.cli.observing import options
from tenken.cli.observing.sending import Sending
from tenken.cli.observing.sources import Asked, Clocks, Knocking, sighting
from tenken.cli.observing.telling import exit_code, lines
from tenken.cli.observing.watching import Watching, bearer, of_datadog, value_of
from tenken.cli.proving import observer
from tenken.cli.rim import Rim
from tenken.config.environment import process_environment
from tenken.errors import UsageError
from tenken.evidence import Evidence
from tenken.readiness.catalogue import shipped
from tenken.readiness.collectors.observed.history import followed_paths, read_history
from tenken.readiness.collectors.sharing import second_core
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.evidence.masking import Mask
from tenken.readiness.evidence.store import append
from tenken.readiness.facts.observed.records import About
from tenken.readiness.observation import Bound, settled
from tenken.readiness.observation import observe as asked_of
from tenken.readiness.probes.observed.registry import Held
from tenken.sentence import say

REQUESTS = Path("requests.yaml")


class Record(Struct, frozen=True, kw_only=True):
    """How what is seen goes on record."""

    key: PrivateKey | None
    hours: int


def observe(
    ctx: typer.Context,
    path: options.Folder = Path(),
    *,
    logs: options.Logs = None,
    traces: options.Traces = None,
    runs: options.Runs = None,
    described: options.Described = None,
    prometheus: options.Prometheus = "",
    prometheus_token_env: options.TokenEnv = "",
    alertmanager: options.Alertmanager = "",
    datadog: options.Datadog = "",
    datadog_key_env: options.DatadogKey = "DD_API_KEY",
    datadog_app_key_env: options.DatadogAppKey = "DD_APP_KEY",
    github: options.GitHub = "",
    github_url: options.GitHubUrl = "https://api.github.com",
    github_env: options.GitHubEnv = "GITHUB_TOKEN",
    credential: options.Credential = "",
    door: options.Door = "",
    app: options.App = "",
    requests: options.Requests = REQUESTS,
    times: options.Times = 5,
    arrive_within: options.ArriveWithin = 60.0,
    service: options.Services = None,
    key: options.Key = "",
    hours: options.Hours = 24,
    platform: options.Platform = None,
    environment: options.Environment = "",
    state: options.State = None,
    quiet: options.Quiet = False,
) -> None:
    """Observe a running system."""
    rim, held = ctx.obj, process_environment()
    watching = Watching(
        prometheus=bearer(prometheus, prometheus_token_env, held),
        alertmanager=bearer(alertmanager, prometheus_token_env, held),
        github=bearer(github_url, github_env if github else "", held),
        repository=github,
        datadog=of_datadog(datadog, datadog_key_env, datadog_app_key_env, held),
    )
    asked = Asked(
        logs=_paths(logs), traces=_paths(traces), runs=_paths(runs), described=_paths(described),
        watching=watching, credential=value_of(credential, held), arrive_within_s=arrive_within,
        door=Knocking(url=door, requests=requests) if door else None,
        sending=Sending(app=app, requests=requests, times=times) if app else None,
    )  # fmt: skip
    record = Record(key=observer.read(key, held), hours=hours)
    ground = opening(rim, path, platform=platform, environment=environment, state=state)
    services = frozenset(service or [ground.service])
    _observed(rim, ground, asked, services=services, record=record, quiet=quiet)


def _paths(named: options.Files) -> tuple[Path, ...]:
    return tuple(named or ())


def _observed(
    rim: Rim,
    ground: Opening,
    asked: Asked,
    *,
    services: frozenset[str],
    record: Record,
    quiet: bool,
) -> None:
    """Look, tell, and put on record what is settled."""
    if not asked.anything:
        raise UsageError("observe.nothing_asked")
    seen = seen_of(rim, ground, asked, services=services, record=record, quiet=quiet)
    rim.write("\n".join(_told(rim, seen)))
    mask = Mask(key=ground.state.mask_key())
    on_record = settled(seen)
    for evidence in on_record:
        append(ground.state.evidence, evidence, mask=mask, key=record.key)
    rim.say(say("observe.recorded", path=str(ground.state.evidence), n=len(on_record)))
    if record.key is None:
        rim.say(say("prove.not_signed"))
    if code := exit_code(seen):
        raise typer.Exit(code)


def seen_of(
    rim: Rim,
    ground: Opening,
    asked: Asked,
    *,
    services: frozenset[str],
    record: Record,
    quiet: bool,
) -> tuple[Evidence, ...]:
    """Look where was asked for, and answer every question that it can."""
    progress = Progress(rim, quiet=quiet)
    progress.show(rim.speech.text("cli.reading", root=str(ground.opened.root)))
    survey, _ = take_survey(ground.opened, ground.manifest, ground.now, two=second_core())
    commit = ground.opened.repository.commit or ""
    about = About(services=services, commit=commit, now=rim.clock.now())
    seen = sighting(asked, about, survey, Clocks(now=rim.clock.now, going_on=monotonic))
    followed = followed_paths(survey)
    past = read_history(ground.opened.git, survey.repository, survey.tree, followed)
    progress.clear()
    bound = Bound(
        service=subjects_of(ground.opened)["service"],
        declared=_declared(rim, ground),
        life=timedelta(hours=record.hours),
        reproduce=shlex.join(["tenken", *sys.argv[1:]]),
    )
    return asked_of(shipped(), replace(seen, history=past), bound)


def _declared(rim: Rim, ground: Opening) -> dict[Held, str]:
    """What a running system may be held to: a commit only where the folder is that commit."""
    repository = ground.opened.repository
    declared: dict[Held, str] = {}
    if digest := manifest_digest(ground.opened):
        declared[Held.TO_THE_MANIFEST] = digest
    if repository.dirty:
        rim.say(say("observe.dirty", count=len(repository.dirty_paths)))
    elif repository.commit:
        declared[Held.TO_THE_COMMIT] = repository.commit
    return declared


def _told(rim: Rim, seen: tuple[Evidence, ...]) -> Iterator[str]:
    catalogue = shipped()
    for evidence in seen:
        title = find_item(catalogue, evidence.item).title
        yield from lines(evidence, rim.speech.choose(ja=title.ja, en=title.en), rim.speech)
