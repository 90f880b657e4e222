"""`tenken guard`: a policy tried on texts, its judges measured, and what it did reviewed."""

import getpass
from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.guarding.calibrating import Means, tell_calibration, uncalibrated
from tenken.cli.guarding.explaining import tell_explanation
from tenken.cli.guarding.files import Given, GuardOf, guard_at, read_cases, read_past
from tenken.cli.guarding.reviewing import Said, Verdict, take_word, tell_proposals, tell_queue
from tenken.cli.guarding.shadowing import Shadow, tell_shadow
from tenken.cli.guarding.trying import tell_cases
from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.journal import behind
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.served import Files
from tenken.errors import UsageError
from tenken.guardrails.policy.policy import Language
from tenken.guardrails.policy.written import Source, Way
from tenken.messages.speech import Language as SpeechLanguage
from tenken.sentence import say
from tenken.store.ledger import Ledger
from tenken.store.reviews import Reviews, Sought

Action = Literal["test", "explain", "shadow", "calibrate", "review"]
FAILED = 1


def guard(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_guard_action")],
    given: Annotated[str, typer.Argument(help="cli.argument_guard_given")],
    *,
    path: Annotated[Path, typer.Option(help="cli.option_guard_path")] = Path(),
    policy: Annotated[Path | None, typer.Option(help="cli.option_guard_policy")] = None,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    direction: Annotated[Way, typer.Option(help="cli.option_guard_direction")] = "inward",
    origin: Annotated[Source | None, typer.Option(help="cli.option_guard_origin")] = None,
    use_case: Annotated[str, typer.Option(help="cli.option_guard_use_case")] = "",
    judge: Annotated[str, typer.Option(help="cli.option_guard_judge")] = "",
    url: Annotated[str, typer.Option(help="cli.option_guard_url")] = "",
    key_env: Annotated[str, typer.Option(help="cli.option_guard_key_env")] = "",
    model: Annotated[str, typer.Option(help="cli.option_guard_model")] = "",
    threshold: Annotated[float, typer.Option(help="cli.option_guard_threshold")] = 0.5,
    match: Annotated[str, typer.Option(help="cli.option_guard_match")] = "",
    verdict: Annotated[Verdict | None, typer.Option(help="cli.option_guard_verdict")] = None,
    reason: Annotated[str, typer.Option(help="cli.option_guard_reason")] = "",
    text: Annotated[str, typer.Option(help="cli.option_guard_text")] = "",
    actor: Annotated[str, typer.Option(help="cli.option_overlay_actor")] = "",
    risk: Annotated[str, typer.Option(help="cli.option_guard_risk")] = "",
    rule: Annotated[str, typer.Option(help="cli.option_guard_rule")] = "",
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> None:
    """Do one thing with a guard."""
    rim: Rim = ctx.obj
    if action == "review":
        files = Files(folder=path, platform=platform, environment=environment, kept=state)
        by = " ".join(actor.split())[:80] or getpass.getuser()
        said = Said(match=match, verdict=verdict, why=reason, by=by, at=wall_us(), text=text)
        review(rim, files, given, sought=Sought(risk=risk, rule=rule), said=said)
        return
    today = rim.clock.now().date()
    made = guard_at(path, policy, platform, language=_language(rim), today=today)
    if action == "calibrate":
        means = Means(judge=judge, url=url, key_env=key_env, model=model, threshold=threshold)
        tell_calibration(rim, made.guard.policy, Path(given), means, folder=path)
        return
    for sentence in uncalibrated(made.guard.policy, path, today):
        rim.say(sentence)
    one = Given(text=given, direction=direction, origin=origin, use_case=use_case)
    looked(rim, made, action, one)


def _language(rim: Rim) -> Language:
    return "ja" if rim.speech.language is SpeechLanguage.JA else "en"


def looked(
    rim: Rim, made: GuardOf, action: Literal["test", "explain", "shadow"], one: Given
) -> None:
    """Look at texts; raises Exit where they do not meet what is expected."""
    match action:
        case "test":
            if not tell_cases(rim, made, read_cases(Path(one.text))):
                raise typer.Exit(FAILED)
        case "explain":
            if not one.text:
                raise UsageError("guard.no_text")
            tell_explanation(rim, made, one)
        case "shadow":
            shadow = Shadow(made.guard)
            for text in read_past(Path(one.text)):
                shadow.add(text)
            tell_shadow(rim, made, shadow)


def review(rim: Rim, files: Files, what: str, *, sought: Sought, said: Said) -> None:
    """List, judge, or propose what follows."""
    manifest = files.texts().manifest(rim.clock.now().date())
    settings = manifest.application.gateway
    with store_of(files, settings.store) as engine:
        reviews = Reviews(engine)
        match what:
            case "list":
                tell_queue(rim, reviews, sought)
                left = behind(Ledger(engine), files.within(settings.journal.path))
                if left:
                    rim.say(say("guard.not_in_the_store", count=left))
            case "judge":
                take_word(rim, reviews, said)
            case "propose":
                tell_proposals(rim, reviews, sought)
            case _:
                raise UsageError("guard.review_what", what=what[:40])
