"""The guardrails of a LiteLLM proxy: what each looks for, when, and whether it stops anything."""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.facts.code import Guard, GuardStage, GuardTopic, GuardWeakness

INJECTION, PII, HARM = GuardTopic.INJECTION, GuardTopic.PII, GuardTopic.HARM
LOOKS_FOR: Mapping[str, tuple[GuardTopic, ...]] = {
    "presidio": (PII,),
    "azure/prompt_shield": (INJECTION,),
    "azure/text_moderations": (HARM,),
    "openai_moderation": (HARM,),
    "lakera": (INJECTION,),
    "lakera_v2": (INJECTION,),
}
"""Others (Bedrock, Model Armor, Aporia, one's own) decide in their own settings."""
BEFORE, AFTER = frozenset({"pre_call", "during_call"}), frozenset({"post_call"})
OPEN = frozenset({"fail_open", "allow"})


def screens_of(document: Node, path: str, *, recorded: bool) -> Iterator[Guard]:
    """Give each guardrail of a file."""
    for one in document.at("guardrails").items:
        params = one.at("litellm_params")
        stages = frozenset(mode.text for mode in params.at("mode").many)
        stage = _stage(stages)
        if stage is None and "logging_only" not in stages:
            continue
        yield Guard(
            place=Place(path, one.line),
            library=f"litellm/{params.at('guardrail').text}",
            stage=stage or GuardStage.BOTH,
            topics=_topics(params),
            function="",
            weakness=_weakness(params, stages),
            recorded=recorded,
        )


def _stage(stages: frozenset[str]) -> GuardStage | None:
    before, after = bool(stages & BEFORE), bool(stages & AFTER)
    if before and after:
        return GuardStage.BOTH
    if before:
        return GuardStage.INPUT
    return GuardStage.OUTPUT if after else None


def _topics(params: Node) -> tuple[GuardTopic, ...]:
    return LOOKS_FOR.get(params.at("guardrail").text, ())


def _weakness(params: Node, stages: frozenset[str]) -> GuardWeakness | None:
    if stages == {"logging_only"} or _lets_all_pass(params):
        return GuardWeakness.LOGS_ONLY
    if params.at("default_on").text != "true":
        return GuardWeakness.OFF_BY_DEFAULT
    opens = params.at("unreachable_fallback").text in OPEN
    return GuardWeakness.FAILS_OPEN if opens or _shrugs(params) else None


def _shrugs(params: Node) -> bool:
    return params.at("fail_on_error").text == "false"


def _lets_all_pass(params: Node) -> bool:
    """It is told to let pass what it blocks, or only to watch."""
    monitored = params.at("on_flagged").text in {"monitor", "log"}
    return params.at("disable_exception_on_block").text == "true" or monitored
