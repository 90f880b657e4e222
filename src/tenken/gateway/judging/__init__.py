"""Judges of the policy, asked on the path: beside the provider's call, or before and after it."""
