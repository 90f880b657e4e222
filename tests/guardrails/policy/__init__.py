"""Tests of the guardrails: policy."""
