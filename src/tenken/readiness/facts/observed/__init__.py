"""What was observed of a running system, whoever runs it and whatever watches it."""
