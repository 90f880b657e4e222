"""What is said of answers after they were given."""
