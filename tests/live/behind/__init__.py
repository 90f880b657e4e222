"""What stands before a gateway in earnest."""
