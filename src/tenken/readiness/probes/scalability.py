"""Section 2: capacity, and the limits of providers."""
