"""Tests of `tenken observe`."""
