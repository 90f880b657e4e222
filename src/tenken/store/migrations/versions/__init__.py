"""The steps: each only adds, or takes away what the version before no longer reads."""
