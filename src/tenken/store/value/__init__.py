"""What KPIs were, time after time."""
