"""Section 4: risks, guards and red teaming."""
