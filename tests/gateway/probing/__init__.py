"""Probes of targets that rest, of one worker and of several."""
