"""The system prompt in an answer: by a token that only it holds, and by its own words."""
