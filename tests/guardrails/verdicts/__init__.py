"""Tests of the guardrails: verdicts."""
