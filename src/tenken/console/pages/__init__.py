"""What each page says; how it is shown is not decided here."""
