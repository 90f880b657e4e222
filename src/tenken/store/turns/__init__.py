"""Whose turn it is to probe a target, on one machine or across replicas."""
