"""The console as a server: what stands around pages and changes."""
