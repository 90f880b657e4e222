"""Runtime questions that the catalogue names and that no code asks, each with its reason.

Together with those that are asked these are all: a test holds that, so that nobody takes a name in
the checklist for something that is looked at.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tenken.sentence import Sentence, say

NOT_ASKED: Mapping[str, str] = MappingProxyType(
    {
        "past_rollouts_record_verdict_and_sample_size": "unasked.rollouts",
        "effective_call_settings_equal_the_file": "unasked.call_settings",
        "effective_guard_policy_equals_the_file": "unasked.guard_policy",
        "impact_figures_match_real_traffic": "unasked.impact",
        "served_weights_match_their_hashes": "unasked.weights",
        "last_e2e_run_executed_a_model_call": "unasked.e2e",
    }
)


def why_not(probe: str) -> Sentence | None:
    """Say why nobody asks it; None where it is asked."""
    id_ = NOT_ASKED.get(probe)
    return say(id_) if id_ else None
