"""What a service fears, what sees it, and what is done about it."""
