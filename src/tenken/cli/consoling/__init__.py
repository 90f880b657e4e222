"""The console as a process: what it is given, and how it is run."""
