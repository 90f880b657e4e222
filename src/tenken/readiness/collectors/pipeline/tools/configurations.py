"""Evaluations and load tests that are configured rather than written, and those not in Python."""

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.facts.pipeline import Effect, Evaluation


def judge_promptfoo(path: str, files: Files) -> Evaluation | None:
    """A promptfoo configuration: which provider answers, and what is asserted."""
    document = files.yaml(path)
    if not document:
        return None
    asserted = [node for node in document.walk() if _decides(node)]
    providers = [_provider(it) for it in (document.at("providers") or document.at("targets")).many]
    tests = document.at("tests")
    stops = asserted and (tests or document.at("defaultTest"))
    place = Place(path, asserted[0].line_of("assert")) if asserted else None
    return Evaluation(
        effect=Effect.STOPS if stops else Effect.NEVER_STOPS,
        threshold=place,
        calls_model=any(name and name != "echo" for name in providers) if providers else None,
        reads_data=bool(tests.items or tests.text or document.at("scenarios").items),
        files=(path,),
        targets=tuple(name for name in providers if "://" in name),
    )


def _decides(node: Node) -> bool:
    """It asserts something that an answer can fail."""
    threshold = node.at("threshold").number
    return (threshold is None or threshold > 0) and any(
        _can_fail(one) for one in node.at("assert").items
    )


def _can_fail(assertion: Node) -> bool:
    value, weight = assertion.at("value"), assertion.at("weight").number
    empty = bool(value) and not (value.text or value.items or value.mapping)
    return weight != 0 and not empty and value.text.strip().lower() not in {"true", "return true"}


def _provider(node: Node) -> str:
    return node.text or node.at("id").text or next(iter(node.mapping), "")


def judge_load_script(path: str, files: Files) -> Evaluation | None:
    """A k6, artillery or Locust script: where its threshold stands, if it has one."""
    text = files.text(path)
    if text is None:
        return None
    marks = ("thresholds", "ensure:", "process_exit_code", "maxErrorRate")
    lines = enumerate(text.splitlines(), start=1)
    live = ((number, line.strip()) for number, line in lines)
    place = next(
        (
            Place(path, number)
            for number, line in live
            if not line.startswith(("//", "#", "*")) and any(mark in line for mark in marks)
        ),
        None,
    )
    effect = Effect.STOPS if place else Effect.NEVER_STOPS
    return Evaluation(effect=effect, threshold=place, files=(path,))


def judge_script(path: str, files: Files) -> Evaluation | None:
    """A TypeScript or JavaScript evaluation, as far as its text tells."""
    text = files.text(path)
    if text is None:
        return None
    stops = "process.exit(1" in text or "process.exitCode = 1" in text or "expect(" in text
    models = any(it in text for it in ('"openai"', "'openai'", "@ai-sdk/", "@anthropic-ai/",
                                       "langchain", "fetch(", 'from "ai"'))  # fmt: skip
    return Evaluation(
        effect=Effect.STOPS if stops else Effect.UNKNOWN,
        calls_model=models or None,
        files=(path,),
    )
