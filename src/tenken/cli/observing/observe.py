"""`tenken observe [PATH]`: looks at a running system and puts what it sees on record."""

import shlex
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from msgspec import Struct

from tenken.cli.checklist import find_item
from tenken.cli.inspecting.opening import Opening, opening
from tenken.cli.inspecting.progress import Progress
from tenken.cli.inspecting.run import manifest_digest, subjects_of
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

LONGEST_HOURS = 24 * 7
REQUESTS = Path("requests.yaml")


class Record(Struct, frozen=True, kw_only=True):
    """How what is seen goes on record."""

    key: PrivateKey | None
    hours: int


def observe(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    logs: Annotated[list[Path] | None, typer.Option(help="cli.option_logs")] = None,
    traces: Annotated[list[Path] | None, typer.Option(help="cli.option_traces")] = None,
    prometheus: Annotated[str, typer.Option(help="cli.option_prometheus", metavar="URL")] = "",
    prometheus_token_env: Annotated[
        str, typer.Option(help="cli.option_token_env", metavar="NAME")
    ] = "",
    alertmanager: Annotated[str, typer.Option(help="cli.option_alertmanager", metavar="URL")] = "",
    datadog: Annotated[str, typer.Option(help="cli.option_datadog", metavar="URL")] = "",
    datadog_key_env: Annotated[
        str, typer.Option(help="cli.option_datadog_key_env", metavar="NAME")
    ] = "DD_API_KEY",
    datadog_app_key_env: Annotated[
        str, typer.Option(help="cli.option_datadog_app_key_env", metavar="NAME")
    ] = "DD_APP_KEY",
    github: Annotated[str, typer.Option(help="cli.option_github", metavar="OWNER/REPO")] = "",
    github_url: Annotated[
        str, typer.Option(help="cli.option_github_url", metavar="URL")
    ] = "https://api.github.com",
    github_env: Annotated[
        str, typer.Option("--github-token-env", help="cli.option_github_token_env", metavar="NAME")
    ] = "GITHUB_TOKEN",
    credential: Annotated[
        str, typer.Option(help="cli.option_credential", metavar="FILE|env:NAME")
    ] = "",
    door: Annotated[str, typer.Option(help="cli.option_door", metavar="URL")] = "",
    app: Annotated[str, typer.Option(help="cli.option_app", metavar="URL")] = "",
    requests: Annotated[Path, typer.Option(help="cli.option_requests")] = REQUESTS,
    times: Annotated[int, typer.Option(help="cli.option_times", min=1, max=1000)] = 5,
    arrive_within: Annotated[float, typer.Option(help="cli.option_arrive_within", min=0)] = 60.0,
    service: Annotated[
        list[str] | None, typer.Option(help="cli.option_service", metavar="NAME")
    ] = None,
    key: Annotated[str, typer.Option(help="cli.option_key", metavar="FILE|env:NAME")] = "",
    hours: Annotated[int, typer.Option(help="cli.option_hours", min=1, max=LONGEST_HOURS)] = 24,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_state")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="cli.option_quiet")] = False,
) -> None:
    """Observe a running system."""
    rim: Rim = ctx.obj
    environment_ = process_environment()
    asked = Asked(
        logs=tuple(logs or ()),
        traces=tuple(traces or ()),
        watching=Watching(
            prometheus=bearer(prometheus, prometheus_token_env, environment_),
            alertmanager=bearer(alertmanager, prometheus_token_env, environment_),
            github=bearer(github_url, github_env if github else "", environment_),
            repository=github,
            datadog=of_datadog(datadog, datadog_key_env, datadog_app_key_env, environment_),
        ),
        credential=value_of(credential, environment_),
        door=Knocking(url=door, requests=requests) if door else None,
        sending=Sending(app=app, requests=requests, times=times) if app else None,
        arrive_within_s=arrive_within,
    )
    if not asked.anything:
        raise UsageError("observe.nothing_asked")
    record = Record(key=observer.read(key, environment_), hours=hours)
    ground = opening(rim, path, platform=platform, environment=environment, state=state)
    services = frozenset(service or [ground.service])
    seen = seen_of(rim, ground, asked, services=services, record=record, quiet=quiet)
    rim.write("\n".join(_told(rim, seen)))
    mask = Mask(key=ground.state.mask_key())
    on_record = settled(seen)
    for evidence in on_record:
        append(ground.state.evidence, evidence, mask=mask, key=record.key)
    rim.say(say("prove.recorded", path=str(ground.state.evidence), n=len(on_record)))
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
    progress.clear()
    bound = Bound(
        service=subjects_of(ground.opened)["service"],
        declared=_declared(rim, ground),
        life=timedelta(hours=record.hours),
        reproduce=shlex.join(["tenken", *sys.argv[1:]]),
    )
    return asked_of(shipped(), seen, bound)


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
