"""What outlives a process: the ledger, the settings, and the counters that replicas share."""
