"""What the readers have gathered so far; becomes `MonitoringFacts` once, at the end."""

from tenken.readiness.facts.infrastructure import Unseen
from tenken.readiness.facts.monitoring import (
    Alert,
    Dashboard,
    MonitoringFacts,
    Objective,
    Receiver,
)
from tenken.readiness.facts.tree import CollectorProblem, Tree


class Gathered:
    """Lists that the readers append to, and the tree that links are looked up in."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.alerts: list[Alert] = []
        self.receivers: list[Receiver] = []
        self.dashboards: list[Dashboard] = []
        self.objectives: list[Objective] = []
        self.unseen: list[Unseen] = []
        self.problems: list[CollectorProblem] = []

    def facts(self) -> MonitoringFacts:
        """Give everything."""
        return MonitoringFacts(
            alerts=tuple(self.alerts),
            receivers=tuple(dict.fromkeys(self.receivers)),
            dashboards=tuple(self.dashboards),
            objectives=tuple(self.objectives),
            unseen=tuple(self.unseen),
            problems=tuple(self.problems),
        )
