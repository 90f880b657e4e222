"""Probes of targets that rest: one at a time, of all workers and replicas."""
