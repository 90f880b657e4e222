"""What the readers have found so far; becomes `InfrastructureFacts` once, at the end."""

from tenken.readiness.facts.exposure import Admission, Exposure, Listener, Upstream
from tenken.readiness.facts.identity import Federation, Identity, StaticKey
from tenken.readiness.facts.infrastructure import (
    Component,
    Conflict,
    Declaration,
    Image,
    InfrastructureFacts,
    ModelCapacity,
    Scaling,
    Store,
    Unseen,
    WatchedElsewhere,
    Workload,
)
from tenken.readiness.facts.tree import CollectorProblem


class Found:
    """Lists that the readers append to, each in its own order."""

    def __init__(self) -> None:
        self.workloads: list[Workload] = []
        self.scalings: list[Scaling] = []
        self.stray: list[Scaling] = []
        self.conflicts: list[Conflict] = []
        self.exposures: list[Exposure] = []
        self.admissions: list[Admission] = []
        self.listeners: list[Listener] = []
        self.upstreams: list[Upstream] = []
        self.stores: list[Store] = []
        self.identities: list[Identity] = []
        self.static_keys: list[StaticKey] = []
        self.federations: list[Federation] = []
        self.components: list[Component] = []
        self.images: list[Image] = []
        self.capacities: list[ModelCapacity] = []
        self.declarations: list[Declaration] = []
        self.watched_elsewhere: list[WatchedElsewhere] = []
        self.unmade: list[Declaration] = []
        self.unseen: list[Unseen] = []
        self.problems: list[CollectorProblem] = []

    def facts(self) -> InfrastructureFacts:
        """Give everything, each thing once."""
        return InfrastructureFacts(
            workloads=tuple(self.workloads),
            stray_scalings=tuple(self.stray),
            conflicts=tuple(dict.fromkeys(self.conflicts)),
            exposures=tuple(dict.fromkeys(self.exposures)),
            admissions=tuple(dict.fromkeys(self.admissions)),
            listeners=tuple(dict.fromkeys(self.listeners)),
            upstreams=tuple(dict.fromkeys(self.upstreams)),
            stores=tuple(dict.fromkeys(self.stores)),
            identities=tuple(dict.fromkeys(self.identities)),
            static_keys=tuple(dict.fromkeys(self.static_keys)),
            federations=tuple(dict.fromkeys(self.federations)),
            components=tuple(dict.fromkeys(self.components)),
            images=tuple(self.images),
            capacities=tuple(dict.fromkeys(self.capacities)),
            declarations=tuple(self.declarations),
            watched_elsewhere=tuple(dict.fromkeys(self.watched_elsewhere)),
            unmade=tuple(self.unmade),
            unseen=tuple(dict.fromkeys(self.unseen)),
            problems=tuple(dict.fromkeys(self.problems)),
        )
