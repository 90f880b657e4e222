"""Who may enter the console, and what they changed."""
