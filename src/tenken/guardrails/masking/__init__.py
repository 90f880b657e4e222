"""Values taken out of a text and put back into the answer."""
