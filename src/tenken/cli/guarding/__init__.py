"""`tenken guard`: try a policy, explain a text, and see what it would have stopped."""
