"""Section 5: what is seen of a running application."""
