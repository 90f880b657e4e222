"""What an answer may do where it ends up: in a page, a shell, a program, a reader's mind."""
