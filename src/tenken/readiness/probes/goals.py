"""Section 0: goals, targets of use cases and KPIs."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents import goals
from tenken.readiness.probes.running import kpis


def business_goal_is_measurable(survey: Survey) -> Answer:
    """The business goal has a metric, a unit, a baseline, a target, a due date and an owner."""
    return goals.goal_is_measurable(survey)


def use_case_targets_are_read_by_gate_and_slo(survey: Survey) -> Answer:
    """Each use case has figures for quality and speed; both the gate and the SLO read them."""
    return goals.targets_are_read(survey)


def kpis_name_events_of_this_application(survey: Survey) -> Answer:
    """A KPI counts an event that only this application has, and that its code sends."""
    return goals.kpis_name_own_events(survey)


def kpis_appear_in_a_dashboard_query(survey: Survey) -> Answer:
    """Each KPI is drawn by a panel whose query names what it counts."""
    return kpis.answer(survey)
