"""A gateway among people and providers that mean no good."""
