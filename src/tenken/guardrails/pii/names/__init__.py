"""Names of persons, in Japanese and English, by lists and by what stands beside them."""
