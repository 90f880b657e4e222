"""Section 4: risks, guards and red teaming."""

from tenken.evidence import Answer
from tenken.readiness.answers import spoiled
from tenken.readiness.facts.code import GuardStage, GuardTopic
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import guards
from tenken.readiness.probes.documents import safety as written
from tenken.readiness.probes.gateways.made import as_far_as_through, with_guards
from tenken.readiness.probes.gateways.rules import unless_refused
from tenken.readiness.probes.running import records


def _guarded(survey: Survey, stage: GuardStage, topic: GuardTopic) -> Answer:
    answer = guards.guarded(with_guards(survey), stage, topic)
    return unless_refused(survey, as_far_as_through(survey, answer))


def input_guard_blocks_injection(survey: Survey) -> Answer:
    """Input is screened for injected instructions before every model call."""
    return _guarded(survey, GuardStage.INPUT, GuardTopic.INJECTION)


def input_guard_blocks_off_topic(survey: Survey) -> Answer:
    """Input is screened for topics that are not ours before every model call."""
    return _guarded(survey, GuardStage.INPUT, GuardTopic.OFF_TOPIC)


def input_guard_blocks_pii(survey: Survey) -> Answer:
    """Input is screened for personal data before every model call."""
    return _guarded(survey, GuardStage.INPUT, GuardTopic.PII)


def output_guard_stops_harm(survey: Survey) -> Answer:
    """Answers are screened for harm before they go out."""
    return _guarded(survey, GuardStage.OUTPUT, GuardTopic.HARM)


def output_guard_stops_pii(survey: Survey) -> Answer:
    """Answers are screened for personal data before they go out."""
    return _guarded(survey, GuardStage.OUTPUT, GuardTopic.PII)


def output_guard_checks_grounding(survey: Survey) -> Answer:
    """Answers are held against the sources they were given."""
    return _guarded(survey, GuardStage.OUTPUT, GuardTopic.GROUNDING)


def guard_violations_are_recorded(survey: Survey) -> Answer:
    """What a guard stops leaves a record, and the record outlives the machine."""
    gone = records.lost(survey)
    answer = as_far_as_through(survey, guards.recorded(with_guards(survey)))
    return answer if gone is None else spoiled(answer, gone)


def risk_taxonomy_is_own(survey: Survey) -> Answer:
    """The risks have an id, a severity, an example of this use case and an owner."""
    return written.taxonomy_is_own(survey)


def safety_incidents_are_detected(survey: Survey) -> Answer:
    """It is written how a harmful answer or a leak is noticed, by a signal that exists."""
    return written.incidents_are_detected(survey)


def safety_incidents_are_escalated(survey: Survey) -> Answer:
    """It is written whom a safety incident goes to, and the contact is a real one."""
    return written.incidents_are_escalated(survey)


def emergency_actions_are_written(survey: Survey) -> Answer:
    """The commands that stop the feature and roll back a prompt are written down."""
    return written.emergency_actions_are_written(survey)


def taxonomy_is_reflected_in_guard_rules(survey: Survey) -> Answer:
    """Every risk has a rule in effect with test prompts; high severities are stopped."""
    return written.rules_reflect_the_taxonomy(survey)


def red_team_plan_covers_jailbreak(survey: Survey) -> Answer:
    """A plan of red teaming that is not overdue covers jailbreaks."""
    return written.red_team_plan_covers(survey, "jailbreak")


def red_team_plan_covers_injection(survey: Survey) -> Answer:
    """A plan of red teaming that is not overdue covers injection."""
    return written.red_team_plan_covers(survey, "injection")


def red_team_plan_covers_multi_turn(survey: Survey) -> Answer:
    """A plan of red teaming that is not overdue covers attacks over several turns."""
    return written.red_team_plan_covers(survey, "multi_turn")
