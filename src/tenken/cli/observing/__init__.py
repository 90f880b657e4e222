"""`tenken observe`: looks at a running system and puts what it sees on record."""
