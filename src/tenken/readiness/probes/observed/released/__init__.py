"""What runs and was released, beside the repository and the runs of evaluations."""
