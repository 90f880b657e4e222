"""Each kind of receiver: the form that it takes a message in, and how it is handed over."""
