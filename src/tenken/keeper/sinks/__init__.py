"""Everybody besides the ledger who is told of exchanges: traces, log lines, events, metrics."""
