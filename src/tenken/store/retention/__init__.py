"""Takes rows out of the ledger: what is too old, and what somebody asked to be forgotten."""
