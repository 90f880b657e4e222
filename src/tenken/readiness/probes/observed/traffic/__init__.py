"""What running systems do with their traffic, beside what is planned and written of it."""
