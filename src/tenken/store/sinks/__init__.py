"""What is kept of sinks: how far each is, what it was sent, and what it is owed."""
