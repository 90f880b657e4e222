"""Personal data, in Japanese and English: shapes, check digits and the words beside them."""
