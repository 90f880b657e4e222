"""What is remembered of alerts and incidents, and who does what needs one mind."""
