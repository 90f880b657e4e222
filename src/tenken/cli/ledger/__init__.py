"""`tenken ledger`."""
