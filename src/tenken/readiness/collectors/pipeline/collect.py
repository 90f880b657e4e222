"""Placeholder until the collector lands."""

from tenken.readiness.facts.pipeline import PipelineFacts


def collect(tree):  # type: ignore
    return PipelineFacts()
