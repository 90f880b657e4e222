"""Tests of the guardrails: masking."""
