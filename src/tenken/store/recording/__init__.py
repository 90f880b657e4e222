"""Brings exchanges into the tables: rows and sums together."""
