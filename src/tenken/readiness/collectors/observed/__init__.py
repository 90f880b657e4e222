"""Readers of what running systems leave behind: logs, traces, series, receipts of alerts."""
