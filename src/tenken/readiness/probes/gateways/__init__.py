"""What a gateway before the models does for the calls that go through it."""
