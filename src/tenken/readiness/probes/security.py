"""Section 7: data, injection, access and models."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code import doors, prompts, weights
from tenken.readiness.probes.code.judging import over_calls


def inputs_are_checked(survey: Survey) -> Answer:
    """What comes in is bounded or screened before a model sees it."""
    return doors.inputs(survey)


def prompts_are_templates(survey: Survey) -> Answer:
    """Instructions are fixed texts or templates; input is never pasted into them."""
    return prompts.templates(survey)


def outputs_are_parsed(survey: Survey) -> Answer:
    """What a model answers is held against a schema."""
    return over_calls(survey, of_calls.parsed)


def user_input_stays_in_the_user_role(survey: Survey) -> Answer:
    """What users write never stands among the instructions."""
    return prompts.roles_kept(survey)


def routes_require_a_user(survey: Survey) -> Answer:
    """Every route asks who is there."""
    return doors.asked(survey)


def callers_are_verified(survey: Survey) -> Answer:
    """A caller's credential is checked, with signature and audience."""
    return doors.verified(survey)


def weights_are_safetensors_only(survey: Survey) -> Answer:
    """Model weights are loaded from safetensors and from nothing else."""
    return weights.safetensors_only(survey)
