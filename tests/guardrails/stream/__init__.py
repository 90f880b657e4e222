"""Tests of the guardrails: stream."""
