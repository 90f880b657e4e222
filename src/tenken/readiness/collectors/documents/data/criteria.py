"""Criteria of the Agent Development Kit: metrics that its evaluator computes by their names."""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.facts.datasets import EvaluationConfig, Judge, MetricUse, Task
from tenken.readiness.facts.words.models import is_pinned

TOOL = "adk"
METRICS: Mapping[str, Task] = {
    "response_match_score": Task.GENERATION,
    "response_evaluation_score": Task.GENERATION,
    "final_response_match_v2": Task.GENERATION,
    "rubric_based_final_response_quality_v1": Task.GENERATION,
    "hallucinations_v1": Task.GENERATION,
    "safety_v1": Task.SAFETY,
    "tool_trajectory_avg_score": Task.UNKNOWN,
    "rubric_based_tool_use_quality_v1": Task.UNKNOWN,
    "per_turn_user_simulator_quality_v1": Task.UNKNOWN,
}
"""Whether the right tools were called says nothing of how free text or classes are measured."""


def is_agent_criteria(document: Node) -> bool:
    """One of its criteria is a metric of that evaluator."""
    return any(name in METRICS for name in document.at("criteria").mapping)


def agent_criteria(path: str, document: Node) -> EvaluationConfig:
    """What such a file asks for: a number is the threshold, or a mapping holds it."""
    return EvaluationConfig(path=path, tool=TOOL, metrics=tuple(_uses(path, document)))


def _uses(path: str, document: Node) -> Iterator[MetricUse]:
    criteria = document.at("criteria")
    for name, said in criteria.mapping.items():
        if name in METRICS:
            stated = said if said.number is not None else said.at("threshold")
            yield MetricUse(
                place=Place(path, criteria.line_of(name)),
                metric=name,
                task=METRICS[name],
                threshold=stated.number,
                judge=_judge(path, said),
            )


def _judge(path: str, said: Node) -> Judge | None:
    options = said.at("judge_model_options") or said.at("judgeModelOptions")
    model = (options.at("judge_model") or options.at("judgeModel")).text
    if not options:
        return None
    place = Place(path, options.line)
    return Judge(
        place=place, model=model, pinned=is_pinned(model), rubric=bool(said.at("rubrics"))
    )
