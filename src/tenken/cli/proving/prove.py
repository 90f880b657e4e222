"""`tenken prove ITEM --app URL`: misbehaves behind an application and records what it does."""

import asyncio
import secrets
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from tenken.cli.checklist import find_item
from tenken.cli.inspecting.manifests import LONGEST_FILE
from tenken.cli.inspecting.opening import Opening, opening
from tenken.cli.inspecting.progress import Progress
from tenken.cli.inspecting.request import subjects_of
from tenken.cli.proving import observer, verdict
from tenken.cli.rim import Rim
from tenken.cli.writing import read_text
from tenken.config.environment import process_environment
from tenken.drills.prove.bench import Bench, healthy_plan
from tenken.drills.prove.doors import (
    Application,
    OwnProvider,
    Provider,
    RunningProvider,
    hearing,
    listening,
)
from tenken.drills.prove.drill import Drill, Outcome
from tenken.drills.prove.proof import Bound, evidence_of
from tenken.drills.prove.registry import DRILLS
from tenken.drills.prove.requests import Brief, brief_from
from tenken.errors import UsageError
from tenken.readiness.catalogue import shipped
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.evidence.masking import Mask
from tenken.readiness.evidence.store import append
from tenken.sentence import say

REQUESTS = Path("requests.yaml")
LONGEST_DAYS = 90
SEED_BITS = 31


class Where(Struct, frozen=True, kw_only=True):
    """Where the fake provider listens."""

    host: str
    port: int
    control: str
    """The control of one that runs already; empty to start one."""


class Wish(Struct, frozen=True, kw_only=True):
    """What a person wants proved, where, and in whose name."""

    drill: Drill
    app: str
    requests: Path
    provider: Where
    alerts_port: int
    """Where alerts are heard, for drills that wait for them."""
    key: PrivateKey | None
    days: int
    given: dict[str, str]
    """Digests that no repository knows: of the image and the prompt."""
    seed: int
    """Of planted texts: drawn anew for each proof, so that nobody can know them."""

    @property
    def reproduce(self) -> str:
        """The command that gives this evidence again."""
        command = ["tenken", "prove", self.drill.item, "--app", self.app]
        return shlex.join([*command, "--requests", str(self.requests), "--seed", str(self.seed)])

    @property
    def brief(self) -> Brief:
        """The request file; raises Malformed with every problem in it."""
        if not self.requests.exists():
            raise UsageError("prove.no_requests", path=str(self.requests))
        text = read_text(self.requests, limit=LONGEST_FILE)
        return brief_from(text, file=str(self.requests), environment=process_environment())


ProviderPort = Annotated[int, typer.Option(help="cli.option_provider_port", min=0, max=65535)]
AlertsPort = Annotated[int, typer.Option(help="cli.option_alerts_port", min=0, max=65535)]


def prove(
    ctx: typer.Context,
    item: Annotated[str, typer.Argument(help="cli.argument_item")] = "",
    *,
    app: Annotated[str, typer.Option(help="cli.option_app", metavar="URL")] = "",
    requests: Annotated[Path, typer.Option(help="cli.option_requests")] = REQUESTS,
    repo: Annotated[Path, typer.Option(help="cli.option_repo")] = Path(),
    key: Annotated[str, typer.Option(help="cli.option_key", metavar="FILE|env:NAME")] = "",
    new_key: Annotated[Path | None, typer.Option(help="cli.option_new_key")] = None,
    state: Annotated[Path | None, typer.Option(help="cli.option_state")] = None,
    provider_host: Annotated[str, typer.Option(help="cli.option_provider_host")] = "127.0.0.1",
    provider_port: ProviderPort = 9090,
    provider_control: Annotated[
        str, typer.Option(help="cli.option_provider_control", metavar="URL")
    ] = "",
    alerts_port: AlertsPort = 9099,
    image: Annotated[str, typer.Option(help="cli.option_image", metavar="DIGEST")] = "",
    prompt: Annotated[str, typer.Option(help="cli.option_prompt", metavar="DIGEST")] = "",
    days: Annotated[
        int, typer.Option(help="cli.option_evidence_days", min=1, max=LONGEST_DAYS)
    ] = 30,
    seed: Annotated[int | None, typer.Option(help="cli.option_seed", min=0)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="cli.option_quiet")] = False,
) -> None:
    """Prove one item."""
    rim: Rim = ctx.obj
    if new_key:
        rim.write(observer.made(new_key, rim.clock.now()))
        rim.say(say("prove.key_made", path=str(new_key)))
        return
    wish = Wish(
        drill=_drill(item),
        app=_named(app),
        requests=requests,
        provider=Where(host=provider_host, port=provider_port, control=provider_control),
        alerts_port=alerts_port,
        key=observer.read(key, process_environment()),
        days=days,
        given={name: value for name, value in (("image", image), ("prompt", prompt)) if value},
        seed=secrets.randbits(SEED_BITS) if seed is None else seed,
    )
    ground = opening(rim, repo, state=state)
    progress = Progress(rim, quiet=quiet)
    outcome = asyncio.run(_driven(wish, progress, rim))
    progress.clear()
    rim.write("\n".join(_told(wish.drill, outcome, rim)))
    _record(rim, wish, ground, outcome)
    if code := verdict.exit_code(outcome):
        raise typer.Exit(code)


def _told(drill: Drill, outcome: Outcome, rim: Rim) -> Iterator[str]:
    title = find_item(shipped(), drill.item).title
    shown = rim.speech.choose(ja=title.ja, en=title.en)
    return verdict.lines(drill, shown, outcome, rim.speech)


def _named(app: str) -> str:
    if not app:
        raise UsageError("prove.no_app")
    return app


def _drill(item: str) -> Drill:
    if item not in DRILLS:
        id_ = "prove.no_drill" if item else "prove.no_item"
        raise UsageError(id_, item=item, known=", ".join(sorted(DRILLS)))
    return DRILLS[item]


async def _driven(wish: Wish, progress: Progress, rim: Rim) -> Outcome:
    brief, where = wish.brief, wish.provider
    if loose := [one.name for one in brief.asking_the_model if not one.contains]:
        rim.say(say("prove.any_answer", names=", ".join(loose)))
    application = Application(wish.app, clock=asyncio.get_running_loop().time)

    async def tried(provider: Provider) -> Outcome:
        bench = Bench(
            application=application,
            provider=provider,
            brief=brief,
            seed=wish.seed,
            automated=rim.settings.ci,
            clock=asyncio.get_running_loop().time,
            told=lambda sentence: progress.show(rim.speech(sentence)),
        )
        if not wish.drill.hears_alerts:
            return await wish.drill.run(bench)
        async with hearing(where.host, wish.alerts_port) as heard:
            rim.say(say("prove.hears", url="http://{}:{}".format(*heard.address)))
            return await wish.drill.run(replace(bench, inbox=heard.inbox))

    try:
        if where.control:
            return await tried(RunningProvider(where.control))
        plan = healthy_plan(brief.provider)
        async with listening(plan, host=where.host, port=where.port) as here:
            rim.say(say("prove.listens", url="http://{}:{}/v1".format(*here.address)))
            return await tried(OwnProvider(here.provider))
    finally:
        application.close()


def _record(rim: Rim, wish: Wish, ground: Opening, outcome: Outcome) -> None:
    """Append what was proved or refuted, unless nobody could say what it was about."""
    repository = ground.opened.repository
    if repository.dirty:
        rim.say(say("prove.dirty", count=len(repository.dirty_paths)))
        return
    subjects = {**subjects_of(ground.opened), **wish.given}
    if outcome.models:
        subjects["model"] = ", ".join(outcome.models)
    bound = Bound(subjects=subjects, now=rim.clock.now(), days=wish.days, reproduce=wish.reproduce)
    mask = Mask(key=ground.state.mask_key())
    for proof in outcome.proofs:
        evidence = evidence_of(wish.drill.item, proof, bound)
        append(ground.state.evidence, evidence, mask=mask, key=wish.key)
    rim.say(say("prove.recorded", path=str(ground.state.evidence), n=len(outcome.proofs)))
    if wish.key is None:
        rim.say(say("prove.not_signed"))
