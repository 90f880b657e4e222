"""What goes in and what comes out, screened: guards give matches, collected in a screening."""
