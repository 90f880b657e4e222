"""Keys and passwords, also where Japanese stands right beside them."""
