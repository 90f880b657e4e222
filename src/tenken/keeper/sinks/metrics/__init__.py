"""One page of metrics for the whole service, read from the ledger's sums."""
