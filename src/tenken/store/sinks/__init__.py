"""How far sinks are."""
