"""Section 7: data, injection, access and models."""
