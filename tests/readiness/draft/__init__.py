"""Tests of the first files of a repository."""
