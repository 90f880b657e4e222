"""Section 1: stability: versions, pipelines, releases and the choice of models."""
