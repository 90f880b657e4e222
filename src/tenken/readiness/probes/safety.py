"""Section 4: risks, guards and red teaming."""

from tenken.evidence import Answer
from tenken.readiness.facts.code import GuardStage, GuardTopic
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import guards


def input_guard_blocks_injection(survey: Survey) -> Answer:
    """Input is screened for injected instructions before every model call."""
    return guards.guarded(survey, GuardStage.INPUT, GuardTopic.INJECTION)


def input_guard_blocks_off_topic(survey: Survey) -> Answer:
    """Input is screened for topics that are not ours before every model call."""
    return guards.guarded(survey, GuardStage.INPUT, GuardTopic.OFF_TOPIC)


def input_guard_blocks_pii(survey: Survey) -> Answer:
    """Input is screened for personal data before every model call."""
    return guards.guarded(survey, GuardStage.INPUT, GuardTopic.PII)


def output_guard_stops_harm(survey: Survey) -> Answer:
    """Answers are screened for harm before they go out."""
    return guards.guarded(survey, GuardStage.OUTPUT, GuardTopic.HARM)


def output_guard_stops_pii(survey: Survey) -> Answer:
    """Answers are screened for personal data before they go out."""
    return guards.guarded(survey, GuardStage.OUTPUT, GuardTopic.PII)


def output_guard_checks_grounding(survey: Survey) -> Answer:
    """Answers are held against the sources they were given."""
    return guards.guarded(survey, GuardStage.OUTPUT, GuardTopic.GROUNDING)


def guard_violations_are_recorded(survey: Survey) -> Answer:
    """What a guard stops leaves a record."""
    return guards.recorded(survey)
