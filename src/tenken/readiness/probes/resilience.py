"""Section 3: what happens when the model does not answer."""
