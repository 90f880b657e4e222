"""The system prompt in an answer."""
