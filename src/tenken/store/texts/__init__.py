"""Reads the sealed texts of exchanges."""
