"""Tests of what the running system proves of itself."""
