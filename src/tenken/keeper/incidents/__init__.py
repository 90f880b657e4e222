"""What happened when, what it cost, and what is to be done after."""
