"""`tenken guard`: try a policy on texts, explain one, and see what past texts would have met."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.guarding.explaining import tell_explanation
from tenken.cli.guarding.files import Given, guard_at, read_cases, read_past
from tenken.cli.guarding.shadowing import Shadow, tell_shadow
from tenken.cli.guarding.trying import tell_cases
from tenken.cli.rim import Rim
from tenken.errors import UsageError
from tenken.guardrails.policy.policy import Language
from tenken.guardrails.policy.written import Source, Way
from tenken.messages.speech import Language as SpeechLanguage

Action = Literal["test", "explain", "shadow"]
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
) -> None:
    """Do one thing with a guard."""
    rim: Rim = ctx.obj
    today = rim.clock.now().date()
    language: Language = "ja" if rim.speech.language is SpeechLanguage.JA else "en"
    made = guard_at(path, policy, platform, language=language, today=today)
    match action:
        case "test":
            if not tell_cases(rim, made, read_cases(Path(given))):
                raise typer.Exit(FAILED)
        case "explain":
            if not given:
                raise UsageError("guard.no_text")
            one = Given(text=given, direction=direction, origin=origin, use_case=use_case)
            tell_explanation(rim, made, one)
        case "shadow":
            shadow = Shadow(made.guard)
            for text in read_past(Path(given)):
                shadow.add(text)
            tell_shadow(rim, made, shadow)
