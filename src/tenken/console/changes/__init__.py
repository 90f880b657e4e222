"""What people change here: each is asked for by a form and noted before it is made."""
