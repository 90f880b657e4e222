"""What processes took, sampled every minute, for as long as it says what is usual."""
