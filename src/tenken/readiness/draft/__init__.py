"""Writes a repository's first `tenken.yaml` and `platform.yaml` from what an inspection found."""
