"""Tests of how settings become a plan."""
