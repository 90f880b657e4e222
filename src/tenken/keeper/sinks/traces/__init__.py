"""Spans built from exchanges, and sent to a backend that speaks OTLP."""
