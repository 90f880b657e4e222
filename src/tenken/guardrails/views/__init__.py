"""Other readings of a text: what somebody hid from a reader, or from a rule."""
