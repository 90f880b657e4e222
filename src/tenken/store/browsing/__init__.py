"""Looks for single exchanges: pages by filters, the newest first, and one of them whole."""
