"""Looks at a running service from outside: its addresses, its doors, what it hands over."""
