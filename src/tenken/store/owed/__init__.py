"""What sinks are owed, and what became of what they were given."""
