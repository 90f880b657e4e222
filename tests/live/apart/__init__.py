"""Who probes a target that rests, with everything as it is run."""
