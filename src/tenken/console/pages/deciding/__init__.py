"""Pages on which people decide: sign-offs, and whether a match of a guard was right."""
