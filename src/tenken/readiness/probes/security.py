"""Section 7: data, injection, access and models."""

from tenken.evidence import Answer
from tenken.readiness.facts.code import SignKind
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code import doors, prompts, weights
from tenken.readiness.probes.code.judging import over_calls, shown
from tenken.readiness.probes.documents import data_types, models
from tenken.readiness.probes.gateways.made import all_through, with_guards
from tenken.readiness.probes.running import credentials, encryption


def inputs_are_checked(survey: Survey) -> Answer:
    """What comes in is bounded or screened before a model sees it."""
    return doors.inputs(_guarded(survey))


def _guarded(survey: Survey) -> Survey:
    """With the guards of a gateway, where no call passes it by."""
    return with_guards(survey) if all_through(survey) else survey


def prompts_are_templates(survey: Survey) -> Answer:
    """Instructions are fixed texts or templates; input is never pasted into them."""
    return prompts.templates(survey)


def outputs_are_parsed(survey: Survey) -> Answer:
    """What a model answers is held against a schema."""
    if (other := shown(survey, SignKind.SCHEMA_OUTPUT)) is not None:
        return other
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


def traffic_is_encrypted(survey: Survey) -> Answer:
    """Nothing goes in or out of the application in the clear."""
    return encryption.in_transit(survey)


def data_at_rest_is_encrypted(survey: Survey) -> Answer:
    """Every store of the application is encrypted."""
    return encryption.at_rest(survey)


def credentials_are_short_lived(survey: Survey) -> Answer:
    """The LLM API is called with a token that soon expires."""
    return credentials.short_lived(survey)


def no_static_key_is_reachable(survey: Survey) -> Answer:
    """No long-lived key lies where the application or its pipeline could use it."""
    return credentials.none_reachable(survey)


def sensitive_data_is_classified(survey: Survey) -> Answer:
    """The sensitive data that inputs may hold is listed with its class, by stated criteria."""
    return data_types.data_is_classified(survey)


def masker_covers_the_listed_types(survey: Survey) -> Answer:
    """Every type that the list says is masked has a rule in the masker in use."""
    return data_types.masker_covers(survey)


def provider_terms_are_recorded(survey: Survey) -> Answer:
    """For each provider in use: the terms that were read, when, and for which plan."""
    return models.terms_are_recorded(survey)


def training_opt_out_is_set(survey: Survey) -> Answer:
    """For each provider in use: training is switched off, and it is said where."""
    return models.opt_out_is_set(survey)


def models_are_on_the_allow_list(survey: Survey) -> Answer:
    """Every model in use is on the list of allowed models, and something enforces it."""
    return models.on_the_allow_list(survey)
