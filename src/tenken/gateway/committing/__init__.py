"""Puts records where they survive what the deployment promises: one committer per durability."""
