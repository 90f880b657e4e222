"""What probes ask of the running system: scaling, encryption, keys, alerts, panels, diagrams."""
