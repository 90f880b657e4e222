"""Tests of the guardrails: custom."""
