"""Whether model weights can carry code."""

from tenken.evidence import Answer
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, not_applicable, partly, seen, unknown
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.judging import MOST
from tenken.sentence import say

LOADERS = frozenset({"torch", "transformers", "sentence-transformers", "diffusers",
    "llama-cpp-python", "vllm",
                     "peft", "joblib", "tensorflow", "keras", "onnxruntime", "flagembedding",
                     "ctransformers", "fastembed"})  # fmt: skip
"""Packages that load weights."""


def safetensors_only(survey: Survey) -> Answer:
    """Every loader and every tracked file is safetensors, or there is none at all."""
    code = survey.code
    bad = (
        *(
            gap("code.weights_unsafe_load", one.place, how=one.how)
            for one in code.weight_loads
            if one.safe is False
        ),
        *(
            lie("code.weights_unsafe_file", Place(one.path))
            for one in code.weight_files
            if not one.safe
        ),
    )
    good = (
        *(
            seen("code.weights_safe_load", one.place, how=one.how)
            for one in code.weight_loads
            if one.safe
        ),
        *(
            seen("code.weights_safe_file", Place(one.path))
            for one in code.weight_files
            if one.safe
        ),
    )
    if bad:
        return partly(good[:MOST], bad[:MOST]) if good else fails(*bad[:MOST])
    unsure = next((one for one in code.weight_loads if one.safe is None), None)
    if unsure is not None:
        return unknown(say("code.weights_unknown", how=unsure.how))
    if good:
        return holds(*good[:MOST])
    return _none(survey)


def _none(survey: Survey) -> Answer:
    """Not needed only where no loader is in code or among the packages, and all code was read."""
    code = survey.code
    loader = next((one for one in code.dependencies if one.name in LOADERS), None)
    if loader is not None:
        return unknown(say("code.weights_loader_declared", name=loader.name))
    if code.unjudged or not code.python_files:
        return unknown(say("code.weights_not_all_read"))
    return not_applicable(seen("code.weights_none", files=code.python_files))
