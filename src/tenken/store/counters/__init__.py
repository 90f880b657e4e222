"""What limits count, in one process, on one machine, or across replicas."""
