"""Who comes in: passwords, sessions, tokens, and what is refused before anything is looked up."""
