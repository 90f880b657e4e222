"""Tests of `tenken guard`."""
