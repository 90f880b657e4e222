"""Sums of exchanges by minute, hour and day, and since ever: written with the rows."""
