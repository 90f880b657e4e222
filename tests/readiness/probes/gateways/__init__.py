"""What a gateway before the models is worth in the inspection."""
