"""Commands for those who are on call: alerts and incidents."""
